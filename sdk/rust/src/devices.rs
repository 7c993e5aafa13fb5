//! Devices of the inventory.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec::IntoIter;

use futures_core::Stream;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::client::NetStacksClient;
use crate::decode::or_empty;
use crate::error::{NetStacksError, Result};
use crate::ids;

const PATH: &str = "/devices";
const PAGE_SIZE: u32 = 100;
const LARGEST_PAGE: u32 = 1000;

/// A device of the inventory. Times are texts as of RFC 3339.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "Wire")]
#[non_exhaustive]
pub struct Device {
    /// Never changes.
    pub id: String,
    /// The organisation whose device it is.
    pub org_id: Option<String>,
    /// Its name in the inventory.
    pub name: String,
    /// DNS name or IP address to connect to.
    pub hostname: String,
    /// The management port.
    pub port: Option<u16>,
    /// Such as `router`, `switch` or `firewall`.
    pub device_type: String,
    /// Who made it.
    pub manufacturer: Option<String>,
    /// The manufacturer's name of the product.
    pub model: Option<String>,
    /// The operating system, such as `cisco_iosxe`.
    pub platform: Option<String>,
    /// Where it stands.
    pub site: Option<String>,
    /// How it came into the inventory, such as `manual` or `netbox`.
    pub source: Option<String>,
    /// Id of the credential to sign in with.
    pub default_credential_id: Option<String>,
    /// When it came into the inventory.
    pub created_at: Option<String>,
    /// When it last changed there.
    pub updated_at: Option<String>,
}

impl Device {
    /// A device with the fields that every device has, for tests.
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        hostname: impl Into<String>,
        device_type: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            hostname: hostname.into(),
            device_type: device_type.into(),
            ..Self::default()
        }
    }
}

/// A device as it comes.
#[derive(Deserialize)]
struct Wire {
    id: String,
    org_id: Option<String>,
    #[serde(default, deserialize_with = "or_empty")]
    name: String,
    hostname: Option<String>,
    host: Option<Host>,
    port: Option<u16>,
    #[serde(default, deserialize_with = "or_empty")]
    device_type: String,
    manufacturer: Option<String>,
    model: Option<String>,
    platform: Option<String>,
    site: Option<String>,
    source: Option<String>,
    default_credential_id: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
}

/// What stands for `hostname` where that is missing; a field that is not known otherwise,
/// which may be anything.
#[derive(Deserialize)]
#[serde(untagged)]
enum Host {
    Name(String),
    Other(IgnoredAny),
}

impl From<Wire> for Device {
    fn from(wire: Wire) -> Self {
        let host = match wire.host {
            Some(Host::Name(name)) => name,
            Some(Host::Other(_)) | None => String::new(),
        };
        Self {
            id: wire.id,
            org_id: wire.org_id,
            name: wire.name,
            hostname: wire.hostname.unwrap_or(host),
            port: wire.port,
            device_type: wire.device_type,
            manufacturer: wire.manufacturer,
            model: wire.model,
            platform: wire.platform,
            site: wire.site,
            source: wire.source,
            default_credential_id: wire.default_credential_id,
            created_at: wire.created_at,
            updated_at: wire.updated_at,
        }
    }
}

/// Which devices are wanted; all of them by default.
///
/// ```
/// use netstacks_sdk::DeviceQuery;
///
/// let query = DeviceQuery::new().with_device_type("switch").with_limit(10);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceQuery {
    /// Only devices of this organisation.
    pub org_id: Option<String>,
    /// Only devices of exactly this type.
    pub device_type: Option<String>,
    /// At most so many.
    pub limit: Option<u32>,
    /// Leave out so many from the start.
    pub offset: Option<u64>,
}

impl DeviceQuery {
    /// All devices.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only devices of this organisation.
    #[must_use]
    pub fn with_org_id(mut self, org_id: impl Into<String>) -> Self {
        self.org_id = Some(org_id.into());
        self
    }

    /// Only devices of exactly this type.
    #[must_use]
    pub fn with_device_type(mut self, device_type: impl Into<String>) -> Self {
        self.device_type = Some(device_type.into());
        self
    }

    /// At most so many devices.
    #[must_use]
    pub fn with_limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Leave out so many devices from the start.
    #[must_use]
    pub fn with_offset(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }
}

impl NetStacksClient {
    /// Devices of a type, or all of them. Needs the capability `read_devices`.
    ///
    /// # Errors
    ///
    /// Any [`NetStacksError`].
    pub async fn list_devices(&self, device_type: Option<&str>) -> Result<Vec<Device>> {
        let query = DeviceQuery {
            device_type: device_type.map(str::to_owned),
            ..DeviceQuery::default()
        };
        self.list_devices_with(&query).await
    }

    /// The devices that are asked for. Needs the capability `read_devices`.
    ///
    /// # Errors
    ///
    /// Any [`NetStacksError`].
    pub async fn list_devices_with(&self, query: &DeviceQuery) -> Result<Vec<Device>> {
        let query = query.clone();
        let parameters = [
            ("org_id", query.org_id),
            ("device_type", query.device_type),
            ("limit", query.limit.map(|limit| limit.to_string())),
            ("offset", query.offset.map(|offset| offset.to_string())),
        ];
        self.get_list(PATH, &parameters).await
    }

    /// All devices that are asked for, read page by page. Needs the capability
    /// `read_devices`.
    ///
    /// The filters of the query count; `limit` and `offset` are the pages' own, and
    /// refused.
    pub fn all_devices(&self, query: &DeviceQuery) -> AllDevices {
        AllDevices {
            client: self.clone(),
            query: query.clone(),
            page_size: PAGE_SIZE,
            offset: 0,
            first: None,
            page: Vec::new().into_iter(),
            asking: None,
            ended: false,
        }
    }

    /// One device, or `None` where there is none of this id. Needs the capability
    /// `read_devices`.
    ///
    /// # Errors
    ///
    /// Any [`NetStacksError`].
    pub async fn get_device(&self, id: &str) -> Result<Option<Device>> {
        self.get_one(ids::path(PATH, id)?).await
    }
}

type Asking = Pin<Box<dyn Future<Output = Result<Vec<Device>>> + Send>>;

/// All devices that were asked for, read page by page as they are needed: by
/// [`next`](Self::next), [`collect`](Self::collect), or as a [`Stream`].
///
/// ```no_run
/// # async fn example(client: netstacks_sdk::NetStacksClient) -> netstacks_sdk::Result<()> {
/// let query = netstacks_sdk::DeviceQuery::new().with_device_type("router");
/// let mut devices = client.all_devices(&query);
/// while let Some(device) = devices.next().await {
///     println!("{}", device?.name);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "no device is asked for until one is needed"]
pub struct AllDevices {
    client: NetStacksClient,
    query: DeviceQuery,
    page_size: u32,
    offset: u64,
    /// Id of the first device of the page before.
    first: Option<String>,
    page: IntoIter<Device>,
    asking: Option<Asking>,
    ended: bool,
}

impl AllDevices {
    /// Asks for so many devices at a time, from 1 to 1000; 100 unless given.
    pub fn page_size(self, page_size: u32) -> Self {
        Self { page_size, ..self }
    }

    /// The next device. After the last one, and after an error, there is none.
    pub async fn next(&mut self) -> Option<Result<Device>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// All devices that are left.
    ///
    /// # Errors
    ///
    /// Any [`NetStacksError`].
    pub async fn collect(mut self) -> Result<Vec<Device>> {
        let mut all = Vec::new();
        while let Some(device) = self.next().await {
            all.push(device?);
        }
        Ok(all)
    }

    /// The next page, being asked for.
    fn ask(&self) -> Asking {
        let client = self.client.clone();
        let (size, offset) = (self.page_size, self.offset);
        let query = self.query.clone();
        Box::pin(async move {
            if !(1..=LARGEST_PAGE).contains(&size) {
                let text = format!("{size} is not a number from 1 to {LARGEST_PAGE}");
                return Err(NetStacksError::invalid("page_size", text));
            }
            if query.limit.is_some() || query.offset.is_some() {
                let text = "all_devices sets it for each page: give page_size instead";
                return Err(NetStacksError::invalid("limit, offset", text));
            }
            let page = query.with_limit(size).with_offset(offset);
            client.list_devices_with(&page).await
        })
    }

    /// A page has come. One that begins like the one before comes from a Controller that
    /// ignores the offset, and one that is longer from one that does not page.
    fn turn(&mut self, page: Vec<Device>) {
        let size = u64::from(self.page_size);
        self.ended = page.len() as u64 != size;
        self.offset += size;
        let first = page.first().map(|device| device.id.clone());
        if first.is_some() && first == self.first {
            self.ended = true;
            return;
        }
        self.first = first;
        self.page = page.into_iter();
    }
}

impl Stream for AllDevices {
    type Item = Result<Device>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(device) = self.page.next() {
                return Poll::Ready(Some(Ok(device)));
            }
            if self.ended {
                return Poll::Ready(None);
            }
            let mut asking = self.asking.take().unwrap_or_else(|| self.ask());
            let Poll::Ready(page) = asking.as_mut().poll(context) else {
                self.asking = Some(asking);
                return Poll::Pending;
            };
            match page {
                Ok(page) => self.turn(page),
                Err(error) => {
                    self.ended = true;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

impl fmt::Debug for AllDevices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AllDevices")
            .field("query", &self.query)
            .field("page_size", &self.page_size)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}
