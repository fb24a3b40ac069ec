-- A particle belongs to the day of the place where it was lived, so what a clock on the wall showed there
-- at its start is a column. Searching does not read every task: the folded tasks of a stretch of time of
-- 2^25 ms (some nine hours) stand together in one row, and only where that has the words the particles of
-- the time are looked at. Such a row may know more tasks than there are (one that was edited or deleted is
-- not taken out), and from a size on it knows nothing, which means that its particles are looked at.
-- `task_folded` is made by the program, as SQLite folds A to Z only; what older versions kept is folded at
-- the first opening.

alter table particles add column local_start integer generated always as (
    started_at + utc_offset_minutes * 60000
) virtual;

alter table particles add column task_folded text;

create index particles_unfolded on particles (id) where task_folded is null;

create table searched_times (
    time  integer not null, -- started_at >> 25
    tasks text,             -- a folded task a line, each once; null: any
    constraint searched_times_pk primary key (time)
) strict;

create trigger particles_searched_when_new after insert on particles
begin
    insert into searched_times (time, tasks)
    values (new.started_at >> 25, new.task_folded)
    on conflict (time) do update
       set tasks = case when length(tasks) < 8192 then tasks || char(10) || excluded.tasks end
     where tasks is not null and (excluded.tasks is null or instr(tasks, excluded.tasks) = 0);
end;

create trigger particles_searched_when_changed after update of task_folded, started_at on particles
begin
    insert into searched_times (time, tasks)
    values (new.started_at >> 25, new.task_folded)
    on conflict (time) do update
       set tasks = case when length(tasks) < 8192 then tasks || char(10) || excluded.tasks end
     where tasks is not null and (excluded.tasks is null or instr(tasks, excluded.tasks) = 0);
end;

-- The first index held every task, which a search no longer reads there. Now it holds what statistics add
-- up, so that they read no row.
drop index particles_kept;
create index particles_kept on particles (
    started_at desc, id desc, kind, ended_at, planned_seconds, duration_seconds, utc_offset_minutes, project_id
) where is_deleted = 0;
