//! The commands and events of the window, and their TypeScript.

use tauri::Wry;
use tauri_specta::{Builder, collect_commands, collect_events};

use crate::commands;
use crate::events::CoreEvent;

/// Everything that crosses to the window.
pub(crate) fn builder() -> Builder<Wry> {
    Builder::new()
        // What is written and what is read has one shape here: nothing is left out when empty.
        .disable_serde_phases()
        .commands(collect_commands![
            commands::open,
            commands::ready,
            commands::timer::status,
            commands::timer::start,
            commands::timer::toggle,
            commands::timer::finish,
            commands::timer::stop,
            commands::timer::skip,
            commands::timer::undo,
            commands::timer::answer_sleep,
            commands::timer::rename_task,
            commands::timer::set_length,
            commands::timer::choose_preset,
            commands::history::today,
            commands::history::particles_today,
            commands::history::particles,
            commands::history::statistics,
            commands::history::add_particle,
            commands::history::edit_particle,
            commands::history::put_particle_back,
            commands::history::delete_particle,
            commands::history::restore_particle,
            commands::history::overlaps,
            commands::history::keep_both,
            commands::history::trim_overlap,
            commands::history::change_together,
            commands::history::put_back_together,
            commands::projects::projects,
            commands::projects::change_project,
            commands::intentions::intention,
            commands::intentions::change_intention,
            commands::settings::settings,
            commands::settings::change_setting,
            commands::settings::look,
            commands::settings::set_look,
            commands::settings::set_keys,
            commands::settings::absences,
            commands::settings::ask_about_absences,
            commands::alerts::alerts,
            commands::alerts::set_alerts,
            commands::alerts::try_alerts,
            commands::account::account,
            commands::account::sign_in,
            commands::account::send_code,
            commands::account::join,
            commands::account::change_password,
            commands::account::change_email,
            commands::account::sign_out,
            commands::account::sign_out_others,
            commands::account::delete_account,
            commands::account::check_server,
            commands::sync::sync_now,
            commands::sync::pause_sync,
            commands::sync::queue,
            commands::sync::retry_change,
            commands::data::export_all,
            commands::data::keep_picture,
            commands::data::import_file,
            commands::data::end_import,
            commands::data::backups,
            commands::data::make_backup,
            commands::data::restore_backup,
        ])
        .events(collect_events![CoreEvent])
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use specta_typescript::Typescript;

    const BINDINGS: &str = "ui/src/backend/bindings.ts";

    #[test]
    fn the_generated_bindings_are_current() {
        let folder = tempfile::tempdir().unwrap();
        let fresh = folder.path().join("bindings.ts");
        let header = "// Generated from src-tauri/src/commands.rs. Renew: UPDATE_BINDINGS=1 cargo test bindings\n";
        super::builder()
            .export(Typescript::default().header(header), &fresh)
            .unwrap();
        if env::var_os("UPDATE_BINDINGS").is_some() {
            fs::copy(&fresh, BINDINGS).unwrap();
        }
        let stored = fs::read_to_string(BINDINGS).unwrap().replace("\r\n", "\n");
        assert!(
            stored == fs::read_to_string(fresh).unwrap(),
            "{BINDINGS} is not what the commands say: UPDATE_BINDINGS=1 cargo test bindings"
        );
    }
}
