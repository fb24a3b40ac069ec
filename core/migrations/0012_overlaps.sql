-- Two devices that knew nothing of each other may have kept focuses of the same time. Which of these pairs a
-- person looked at and wants to keep as they are, is remembered. This machine's own: nothing of it is sent, and
-- it outlives the particles that it names, as these can come back.

create table overlaps_kept (
    earlier_id text not null,
    later_id   text not null,
    constraint overlaps_kept_pk primary key (earlier_id, later_id)
) strict, without rowid;
