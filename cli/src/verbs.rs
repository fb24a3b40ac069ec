//! What each verb asks of the app.

pub(crate) mod intention;
pub(crate) mod transfer;

use std::io;

use particle_core::app::{
    Answer, App, Command, NewParticle, PageRequest, ParticleRequest, ProjectList, ProjectRequest,
    StartRequest, TimerRequest,
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
    let request = request(args.verb.unwrap_or(Verb::Status))?;
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
    let access = Access::open(&folder, output).await?;
    let command = match request {
        Request::Do(command) => command,
        // Done above.
        Request::Look(_) | Request::Generate(_) | Request::Serve => return Ok(()),
        Request::List(list) => {
            let store = access.into_store(&folder).await?;
            let listed = print_particles(list, &store, output).await;
            store.close().await;
            return listed;
        }
        Request::ListProjects(list) => {
            let store = access.into_store(&folder).await?;
            let projects = list.read(&store, SystemClock.now()).await;
            store.close().await;
            return Ok(output.projects(&projects?)?);
        }
        Request::Intentions(reading) => {
            let store = access.into_store(&folder).await?;
            let read = reading.print(&store, output).await;
            store.close().await;
            return read;
        }
        Request::Export(export) => {
            let store = access.into_store(&folder).await?;
            let exported = export.run(&store, output).await;
            store.close().await;
            return exported;
        }
        Request::ListSettings => {
            let store = access.into_store(&folder).await?;
            let settings = store.settings().await;
            store.close().await;
            return Ok(output.settings(&settings.map_err(AppError::from)?.all())?);
        }
    };
    let answer = transfer::with_progress(command, access).await?;
    match answer {
        Answer::Intention(intention) => output.intention(&intention)?,
        Answer::Imported(report) => output.imported(&report)?,
        Answer::Status(status) => output.status(&status)?,
        Answer::Particle(particle) => output.particle(&particle)?,
        Answer::Project(project) => output.project(&project)?,
        Answer::Settings(settings) => {
            let all = settings.all().into_iter();
            let changed: Vec<_> = all.filter(|one| Some(one.row().id) == setting).collect();
            output.settings(&changed)?;
        }
    }
    Ok(())
}

async fn serve(access: Access, folder: &DataFolder, output: &Output) -> Result<(), VerbError> {
    let app = access.into_app()?;
    let ready = async |app: &App| {
        let status = app.status().await?;
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

fn request(verb: Verb) -> Result<Request, AppError> {
    Ok(Request::Do(match verb {
        Verb::List(filter) => return Ok(Request::List(filter.into())),
        Verb::Project(verb) => return project_request(verb),
        Verb::Setting(verb) => return setting_request(verb),
        Verb::Intention(verb) => return verb.request(),
        Verb::Export(export) => return Ok(Request::Export(export)),
        Verb::Import(import) => Command::Import(import.path()?),
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
