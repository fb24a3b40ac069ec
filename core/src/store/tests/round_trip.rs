//! What is kept comes back as it was.

use super::*;

#[test]
fn every_field_of_a_particle_comes_back_as_it_was_kept() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let profile = Profile::new();
    let store = runtime.block_on(profile.open()).store;
    proptest!(ProptestConfig::with_cases(256), |(particle in any_particle())| {
        let kept = runtime.block_on(store.record_particle(particle.clone(), at(0))).unwrap();
        prop_assert_eq!(kept, particle);
    });
}
