-- A year has ten thousand particles, and every row that leaves SQLite costs more than adding it up. So what
-- statistics need of a particle is one text, which the index of the kept ones holds: a year leaves SQLite as
-- one value, and no row is read for it.

alter table particles add column counted text generated always as (
    started_at || ' ' || ended_at || ' ' || planned_seconds || ' ' || duration_seconds || ' ' ||
    utc_offset_minutes || ' ' || kind || ' ' || coalesce(project_id, '')
) virtual;

-- What is kept is nearly always newer than all that is there. Where an index goes from new to old, every page
-- of it is split in the middle then and stays half empty; from old to new they are full. Lists read it backwards.
drop index particles_kept;
create index particles_kept on particles (started_at, id, kind, project_id, counted) where is_deleted = 0;
drop index particles_kept_by_project;
create index particles_kept_by_project on particles (project_id, started_at, id) where is_deleted = 0;
drop index particles_deleted;
create index particles_deleted on particles (started_at, id) where is_deleted = 1;

-- Breaks that have a task are so few that a search among them looks at each.
create index particles_breaks on particles (started_at, id)
 where is_deleted = 0 and kind <> 'focus' and task_folded <> '';
