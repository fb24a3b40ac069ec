//! What is done to a row while a request with it is on its way.

use local_supabase::{Fault, Held, Moment};
use particle_core::model::ParticleId;

use super::machine::Device;
use super::{arrived, assert_equal, number, two_devices};
use crate::support::{EXCHANGE, start};

/// How the request ends.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Arrives,
    IsAnsweredLate,
    NeverArrives,
    AnswerIsLost,
}

/// What is done meanwhile.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Edit,
    Delete,
    DeleteAndRestore,
    EditAndBack,
}

impl Fate {
    fn moment(self) -> Moment {
        match self {
            Self::Arrives | Self::NeverArrives => Moment::Before,
            Self::IsAnsweredLate | Self::AnswerIsLost => Moment::After,
        }
    }

    fn befall(self, held: Held) {
        match self {
            Self::Arrives | Self::IsAnsweredLate => held.release(),
            Self::NeverArrives | Self::AnswerIsLost => held.release_into(Fault::DropBefore),
        }
    }
}

impl Deed {
    /// What the particle is called then.
    async fn carry_out(self, device: &Device, id: ParticleId) -> Option<&'static str> {
        match self {
            Self::Edit => device.write_task(id, "Meanwhile").await,
            Self::Delete => device.delete(id).await,
            Self::DeleteAndRestore => {
                device.delete(id).await;
                device.restore(id).await;
            }
            Self::EditAndBack => {
                device.write_task(id, "Meanwhile").await;
                device.write_task(id, "Sent").await;
            }
        }
        match self {
            Self::Edit => Some("Meanwhile"),
            Self::Delete => None,
            Self::DeleteAndRestore | Self::EditAndBack => Some("Sent"),
        }
    }
}

#[tokio::test]
async fn what_is_done_to_a_row_whose_change_is_on_its_way_arrives_as_well() {
    let world = start().await;
    let (one, other) = two_devices(&world).await;
    let mut deleted = 0;
    for fate in [
        Fate::Arrives,
        Fate::IsAnsweredLate,
        Fate::NeverArrives,
        Fate::AnswerIsLost,
    ] {
        for deed in [
            Deed::Edit,
            Deed::Delete,
            Deed::DeleteAndRestore,
            Deed::EditAndBack,
        ] {
            for is_creation in [true, false] {
                let what = format!("{deed:?}, {fate:?}, of a creation: {is_creation}");
                let known = if is_creation {
                    None
                } else {
                    let id = one.focus("Known").await;
                    one.has_sent_everything().await;
                    one.rests().await;
                    Some(id)
                };
                let mut held = world.server.faults().hold(EXCHANGE, fate.moment());
                let id = match known {
                    None => one.focus("Sent").await,
                    Some(id) => {
                        one.write_task(id, "Sent").await;
                        id
                    }
                };
                arrived(&mut held).await;
                let expected = deed.carry_out(&one, id).await;
                fate.befall(held);
                assert_equal(&[&one, &other]).await;
                for device in [&one, &other] {
                    assert_eq!(device.task(id).await.as_deref(), expected, "{what}");
                }
                deleted += i64::from(expected.is_none());
                let on_server = "select count(*) from public.particles where deleted";
                assert_eq!(number(&world, on_server).await, deleted, "{what}");
            }
        }
    }
}
