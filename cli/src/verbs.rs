//! What each verb asks of the app.

pub(crate) mod account;
pub(crate) mod intention;
pub(crate) mod transfer;

use std::io;

use particle_core::app::{
    AccountRequest, Answer, App, Command, NewParticle, PageRequest, ParticleRequest, ProjectList,
    ProjectRequest, ServerChoice, StartRequest, TimerRequest,
};
use particle_core::clock::{Clock, SystemClock};
use particle_core::error::AppError;
use particle_core::folder::DataFolder;
use particle_core::model::{Brightness, SettingChange, SettingKey};
use particle_core::store::{Kinds, Store};
use particle_core::timer::SleepAnswer;
use thiserror::Error;

use crate::access::Access;
use crate::args::{
    Args, Correction, Filter, Focus, Kind, Particle, ProjectVerb, SettingVerb, Verb,
};
use crate::daemon;
use crate::generated::Generated;
use crate::looking;
use crate::output::Output;

#[derive(Debug, Error)]
pub(crate) enum VerbError {
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Output(#[from] io::Error),
    /// The command line lacks something that only a look at the terminal shows.
    #[error("{0}")]
    Usage(String),
    /// Something is wrong, and was told.
    #[error("Something is wrong here.")]
    Unwell,
}

/// What a verb comes down to.
enum Request {
    Do(Command),
    List(PageRequest),
    ListProjects(ProjectList),
    ListSettings,
    Queue,
    Intentions(intention::Reading),
    Export(transfer::Export),
    Serve,
    Generate(Generated),
    Look(looking::Verb),
}

impl Request {
    /// The setting that it changes, if it changes one.
    fn setting(&self) -> Option<SettingKey> {
        match self {
            Self::Do(Command::Set(change)) => Some(change.row().id),
            Self::Do(Command::Reset(key)) => Some(key.clone()),
            _ => None,
        }
    }
}

pub(crate) async fn run(args: Args, output: &Output) -> Result<(), VerbError> {
    let server = ServerChoice {
        url: args.server,
        key: args.server_key,
    };
    let request = request(args.verb.unwrap_or(Verb::Status), server)?;
    let setting = request.setting();
    if let Request::Generate(generated) = request {
        return Ok(generated.write()?);
    }
    let folder = DataFolder::locate(args.data_dir).map_err(AppError::from)?;
    if let Request::Look(verb) = request {
        return looking::run(verb, &folder, output).await;
    }
    if let Request::Serve = request {
        let access = Access::open_to_stay(&folder, output).await?;
        return serve(access, &folder, output).await;
    }
    if let Request::Do(Command::Account(request)) = request {
        return account::run(request, &folder, output).await;
    }
    let access = Access::open(&folder, output).await?;
    if let Request::Do(command) = request {
        let is_silent = matches!(command, Command::Push);
        let answer = transfer::with_progress(command, access).await?;
        return if is_silent {
            Ok(())
        } else {
            print(&answer, setting.as_ref(), output)
        };
    }
    let store = access.into_store(&folder).await?;
    let read = read(request, &store, output).await;
    store.close().await;
    read
}

/// Prints what a command led to; of settings, the one that it changed.
fn print(answer: &Answer, setting: Option<&SettingKey>, output: &Output) -> Result<(), VerbError> {
    Ok(match answer {
        Answer::Intention(intention) => output.intention(intention),
        Answer::Imported(report) => output.imported(report),
        Answer::Status(status) => output.status(status),
        Answer::Particle(particle) => output.particle(particle),
        Answer::Project(project) => output.project(project),
        Answer::Account(account) => output.account(account),
        Answer::Synced(report) => output.synced(report),
        Answer::Settings(settings) => {
            let all = settings.all().into_iter();
            let changed: Vec<_> = all.filter(|one| Some(&one.row().id) == setting).collect();
            output.settings(&changed)
        }
    }?)
}

/// Prints what is asked of the store alone, which another process may own.
async fn read(request: Request, store: &Store, output: &Output) -> Result<(), VerbError> {
    match request {
        Request::List(list) => print_particles(list, store, output).await,
        Request::ListProjects(list) => {
            let projects = list.read(store, SystemClock.now()).await?;
            Ok(output.projects(&projects)?)
        }
        Request::Intentions(reading) => reading.print(store, output).await,
        Request::Export(export) => export.run(store, output).await,
        Request::Queue => {
            let waiting = store.list_waiting().await.map_err(AppError::from)?;
            Ok(output.queue(&waiting)?)
        }
        Request::ListSettings => {
            let settings = store.settings().await.map_err(AppError::from)?;
            Ok(output.settings(&settings.all())?)
        }
        // Done before the store was opened for reading.
        Request::Do(_) | Request::Look(_) | Request::Generate(_) | Request::Serve => Ok(()),
    }
}

async fn serve(access: Access, folder: &DataFolder, output: &Output) -> Result<(), VerbError> {
    let app = access.into_app()?;
    let ready = async |app: &App| {
        let status = app.profile().status().await?;
        Ok(output.status(&status)?)
    };
    daemon::serve(folder, app, ready).await
}

/// Page by page, so that a long history is never held as a whole.
async fn print_particles(
    list: PageRequest,
    store: &Store,
    output: &Output,
) -> Result<(), VerbError> {
    let names = store.project_names().await.map_err(AppError::from)?;
    let mut next = Some(list);
    while let Some(request) = next {
        let page = request.read(store, SystemClock.now()).await?;
        output.list(&page.particles, &names)?;
        next = page.next.map(|end| request.after(end));
    }
    Ok(())
}

fn request(verb: Verb, server: ServerChoice) -> Result<Request, VerbError> {
    Ok(Request::Do(match verb {
        Verb::List(filter) => return Ok(Request::List(filter.into())),
        Verb::Project(verb) => return Ok(project_request(verb)?),
        Verb::Setting(verb) => return Ok(setting_request(verb)?),
        Verb::Intention(verb) => return Ok(verb.request()?),
        Verb::Queue => return Ok(Request::Queue),
        Verb::Signup(signup) => Command::Account(signup.request(server)?),
        Verb::Login(login) => Command::Account(login.request(server)?),
        Verb::Logout(logout) => Command::Account(logout.request()),
        Verb::Account => Command::Account(AccountRequest::Show),
        Verb::Sync => Command::Sync,
        Verb::Push => Command::Push,
        Verb::Export(export) => return Ok(Request::Export(export)),
        Verb::Import(import) => Command::Import(import.path().map_err(AppError::from)?),
        Verb::Daemon => return Ok(Request::Serve),
        Verb::Completions { shell } => {
            return Ok(Request::Generate(Generated::Completions(shell)));
        }
        Verb::PackageFiles { folder } => {
            return Ok(Request::Generate(Generated::PackageFiles(folder)));
        }
        Verb::Looking(verb) => return Ok(Request::Look(verb)),
        Verb::Status => Command::Status,
        Verb::Start(focus) => Command::Timer(TimerRequest::Start(focus.into())),
        Verb::Toggle(focus) => Command::Timer(TimerRequest::Toggle(focus.into())),
        Verb::Pause => Command::Timer(TimerRequest::Pause),
        Verb::Resume { count: false } => Command::Timer(TimerRequest::Resume),
        Verb::Resume { count: true } => {
            Command::Timer(TimerRequest::AnswerSleep(SleepAnswer::Count))
        }
        Verb::Finish => Command::Timer(TimerRequest::Finish),
        Verb::Stop => Command::Timer(TimerRequest::Stop),
        Verb::Skip => Command::Timer(TimerRequest::Skip),
        Verb::Undo => Command::Timer(TimerRequest::Undo),
        Verb::Add(particle) => Command::Add(particle.into()),
        Verb::Edit(correction) => Command::EditParticle(correction.into()),
        Verb::Delete { id } => Command::DeleteParticle(id),
        Verb::Restore { id } => Command::RestoreParticle(id),
    }))
}

fn project_request(verb: ProjectVerb) -> Result<Request, AppError> {
    Ok(Request::Do(Command::Project(match verb {
        ProjectVerb::List { deleted } => {
            return Ok(Request::ListProjects(if deleted {
                ProjectList::Deleted
            } else {
                ProjectList::Kept
            }));
        }
        ProjectVerb::Add { name, brightness } => ProjectRequest::Add {
            name,
            brightness: brightness.map(Brightness::new).transpose()?,
        },
        ProjectVerb::Brightness {
            project,
            brightness,
        } => ProjectRequest::SetBrightness(project, Brightness::new(brightness)?),
        ProjectVerb::Rename { project, name } => ProjectRequest::Rename(project, name),
        ProjectVerb::Archive { project } => ProjectRequest::Archive(project),
        ProjectVerb::Unarchive { project } => ProjectRequest::Unarchive(project),
        ProjectVerb::Delete { project } => ProjectRequest::Delete(project),
        ProjectVerb::Restore { project } => ProjectRequest::Restore(project),
        ProjectVerb::Merge { project, into } => ProjectRequest::Merge {
            from: project,
            into,
        },
    })))
}

fn setting_request(verb: SettingVerb) -> Result<Request, AppError> {
    Ok(match verb {
        SettingVerb::List => Request::ListSettings,
        SettingVerb::Set { key, value } => {
            Request::Do(Command::Set(SettingChange::parse(&key, &value)?))
        }
        SettingVerb::Reset { key } => Request::Do(Command::Reset(key)),
    })
}

impl From<Focus> for StartRequest {
    fn from(focus: Focus) -> Self {
        Self {
            task: focus.task(),
            minutes: focus.minutes,
            project: focus.project,
        }
    }
}

impl From<Particle> for NewParticle {
    fn from(particle: Particle) -> Self {
        Self {
            task: particle.task,
            minutes: particle.minutes,
            ended_at: particle.ended_at,
            project: particle.project,
            id: particle.id,
        }
    }
}

impl From<Correction> for ParticleRequest {
    fn from(correction: Correction) -> Self {
        Self {
            id: correction.id,
            task: correction.task,
            started_at: correction.started_at,
            minutes: correction.minutes,
            project: correction.project,
        }
    }
}

impl From<Filter> for PageRequest {
    fn from(filter: Filter) -> Self {
        Self {
            kinds: match filter.kind {
                Kind::Focus => Kinds::Focus,
                Kind::Break => Kinds::Break,
                Kind::All => Kinds::All,
            },
            from_day: filter.from,
            to_day: filter.to,
            project: filter.project,
            search: filter.search,
            deleted: filter.deleted,
            ..Self::default()
        }
    }
}
