-- Particles of no project that a search can find. Breaks have no project and hardly ever a task: beside them these
-- may be few.
create index particles_without_project on particles (started_at, id)
 where is_deleted = 0 and project_id is null and task_folded <> '';
