//! An empty Tauri window: the least that first paint and memory can cost here. Everything that is
//! not one window with one blank local page is left out on purpose.

fn main() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!())
}
