-- The timer now also has a round, what the next focus goes on with, and an ending that can be taken
-- back. All of it is one value that every transition replaces, so it is one column: `state`. The length
-- of the next focus moves into it, because there need not be one: only a length that a person chose
-- instead of the preset's is kept.

update timer set state = json_set(state, '$.length', length) where length <> 25;
alter table timer drop column length;
