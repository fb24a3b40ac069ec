//! The panel of a desktop, as far as the app sees it: it takes tray items, reads their label and
//! clicks their menu.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::{Arc, Mutex};

use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Structure, Value};
use zbus::{Connection, Proxy, interface};

use crate::bus::Bus;
use crate::wait::eventually;

const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// Who registered: the connection and the path on it.
type Registered = Arc<Mutex<Vec<(String, String)>>>;

/// A revision, and the top of the menu: its number, its properties, its entries.
type Layout = (u32, (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>));

/// A tray host on a session bus.
#[derive(Debug)]
pub struct TrayHost {
    connection: Connection,
    registered: Registered,
}

/// An item in the tray.
#[derive(Debug)]
pub struct TrayItem {
    connection: Connection,
    owner: String,
    path: String,
}

/// An entry of an item's menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number in the menu.
    pub id: i32,
    /// What it says; nothing for a line.
    pub label: String,
    /// Whether it can be clicked.
    pub enabled: bool,
}

/// What is drawn in the tray.
#[derive(Debug)]
pub struct Picture {
    side: u32,
    rgba: Vec<u8>,
}

impl Picture {
    fn read(path: &Path) -> Result<Self, png::DecodingError> {
        let file = BufReader::new(File::open(path)?);
        let mut reader = png::Decoder::new(file).read_info()?;
        let size = reader.output_buffer_size().expect("an icon is small");
        let mut rgba = vec![0; size];
        let frame = reader.next_frame(&mut rgba)?;
        assert_eq!(frame.color_type, png::ColorType::Rgba, "as Tauri writes it");
        Ok(Self {
            side: frame.width,
            rgba,
        })
    }

    /// How light it is at a place, of which both numbers go from 0 to 1.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in the picture"
    )]
    pub fn light_at(&self, x: f32, y: f32) -> u8 {
        let place = |part: f32| (part * self.side as f32) as usize;
        self.rgba[(place(y) * self.side as usize + place(x)) * 4]
    }
}

struct Watcher(Registered);

#[expect(
    clippy::unused_self,
    clippy::needless_pass_by_value,
    reason = "zbus wants them so"
)]
#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        // A path on the caller's own connection, or the name of a connection.
        let item = if service.starts_with('/') {
            (sender, service.to_owned())
        } else {
            (service.to_owned(), "/StatusNotifierItem".to_owned())
        };
        self.0.lock().expect("no test fails in here").push(item);
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        let items = self.0.lock().expect("no test fails in here");
        items
            .iter()
            .map(|(owner, path)| format!("{owner}{path}"))
            .collect()
    }
}

impl TrayHost {
    /// Takes the place of the panel on `bus`.
    pub async fn start(bus: &Bus) -> Self {
        let registered = Registered::default();
        let connection = zbus::connection::Builder::address(bus.address())
            .and_then(|bus| bus.serve_at("/StatusNotifierWatcher", Watcher(registered.clone())))
            .and_then(|bus| bus.name("org.kde.StatusNotifierWatcher"))
            .expect("valid names");
        let connection = connection.build().await.expect("the bus answers");
        Self {
            connection,
            registered,
        }
    }

    /// The item that registers next; earlier ones are forgotten.
    pub async fn item(&self) -> TrayItem {
        let (owner, path) = eventually("an item registers in the tray", async || {
            self.registered
                .lock()
                .expect("no test fails in here")
                .pop()
                .ok_or("none")
        })
        .await;
        TrayItem {
            connection: self.connection.clone(),
            owner,
            path,
        }
    }
}

impl TrayItem {
    /// The text beside the icon.
    pub async fn label(&self) -> String {
        let item = self.proxy(&self.path, ITEM).await;
        item.get_property("XAyatanaLabel")
            .await
            .expect("the item has a label")
    }

    /// Its picture.
    pub async fn picture(&self) -> Picture {
        // A picture may be replaced between its name and its file.
        eventually("the item has a picture", async || {
            let item = self.proxy(&self.path, ITEM).await;
            let path: String = item.get_property("IconName").await.expect("a name");
            Picture::read(Path::new(&path)).map_err(|error| format!("{path}: {error}"))
        })
        .await
    }

    /// Its menu, from the top, lines included.
    pub async fn menu(&self) -> Vec<Entry> {
        let menu = self.menu_proxy().await;
        let all_properties: &[&str] = &[];
        let (_, (_, _, entries)): Layout = menu
            .call("GetLayout", &(0, -1, all_properties))
            .await
            .expect("the menu answers");
        entries.iter().map(entry).collect()
    }

    /// Clicks the entry that says `label`.
    pub async fn click(&self, label: &str) {
        let entries = self.menu().await;
        let entry = entries
            .iter()
            .find(|entry| entry.label == label && entry.enabled);
        let entry = entry.unwrap_or_else(|| panic!("{label} can be clicked: {entries:?}"));
        let menu = self.menu_proxy().await;
        let event = (entry.id, "clicked", Value::from(0), 0_u32);
        // An app that was told to quit has no time to answer.
        let clicked = menu.call_noreply("Event", &event).await;
        clicked.expect("the bus answers");
    }

    async fn menu_proxy(&self) -> Proxy<'_> {
        let item = self.proxy(&self.path, ITEM).await;
        let path: OwnedObjectPath = item
            .get_property("Menu")
            .await
            .expect("the item has a menu");
        self.proxy(path.as_str(), MENU).await
    }

    async fn proxy(&self, path: &str, interface: &'static str) -> Proxy<'_> {
        let proxy = zbus::proxy::Builder::new(&self.connection)
            .destination(self.owner.clone())
            .and_then(|proxy: zbus::proxy::Builder<'_, Proxy<'_>>| proxy.path(path.to_owned()))
            .and_then(|proxy| proxy.interface(interface))
            .expect("valid names");
        // What the item says now, not what it said once.
        let proxy = proxy.cache_properties(zbus::proxy::CacheProperties::No);
        proxy.build().await.expect("the bus answers")
    }
}

/// One `(ia{sv}av)` of the layout.
fn entry(value: &OwnedValue) -> Entry {
    let fields = value
        .downcast_ref::<Structure<'_>>()
        .expect("an entry is a structure");
    let fields = fields.fields();
    let id = fields[0].downcast_ref().expect("an entry has a number");
    let properties: HashMap<String, OwnedValue> = fields[1]
        .try_clone()
        .and_then(HashMap::try_from)
        .expect("an entry has properties");
    let text = |name: &str| {
        properties
            .get(name)
            .and_then(|text| text.downcast_ref::<String>().ok())
    };
    let enabled = properties
        .get("enabled")
        .and_then(|enabled| enabled.downcast_ref().ok());
    Entry {
        id,
        // An underscore marks the key of an entry.
        label: text("label").unwrap_or_default().replace('_', ""),
        enabled: enabled.unwrap_or(true),
    }
}
