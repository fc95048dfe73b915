/* accounts.c - finding and making accounts, persons, leads and members; see state.h. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/census.h"
#include "engine/crowd.h"

static tr_hash128 hash_of(const treaty_engine *engine, const char *id, size_t length) {
  return tr_hash_128(engine->repeats.key, id, length);
}

static bool same_hash(tr_hash128 a, tr_hash128 b) {
  return a.first == b.first && a.second == b.second;
}

static const tr_id *keep_id(treaty_engine *engine, const char *id, size_t length) {
  tr_id *kept = tr_pool_alloc(&engine->pool, sizeof *kept + length + 1);
  kept->length = (uint32_t)length;
  memcpy(kept->bytes, id, length);
  return kept;
}

/* An entity has room for its cells right behind it: they are looked at together. What has many
 * keeps them elsewhere, and only those in use. */
static uint32_t cells_at_hand(const treaty_engine *engine, tr_entity entity) {
  uint32_t count = engine->program->entities[entity].cell_count;
  if (engine->options.keeps_points) return 0;
  return count > TR_CELLS_AT_HAND ? 0 : count;
}

static void *make_entity(treaty_engine *engine, tr_entity entity, size_t bytes, size_t more,
                         size_t cells_at) {
  uint32_t count = cells_at_hand(engine, entity);
  char *made = tr_pool_alloc(&engine->pool, bytes + sizeof(tr_cell) * count + more);
  tr_cells *cells = (tr_cells *)(made + cells_at);
  if (count) *cells = (tr_cells){.items = (tr_cell *)(made + bytes), .room = count};
  return made;
}

/* ---- Accounts -------------------------------------------------------------------------------- */

static tr_account_slot *account_slot(const treaty_engine *engine, tr_hash128 hash) {
  uint32_t at = (uint32_t)hash.first & (engine->account_slot_room - 1);
  for (;; at = (at + 1) & (engine->account_slot_room - 1)) {
    tr_account_slot *slot = &engine->account_slots[at];
    if (!slot->account) return slot;
    if (slot->hash == hash.first && slot->account->hash.second == hash.second) return slot;
  }
}

static void widen_slots(treaty_engine *engine) {
  uint32_t room = engine->account_slot_room ? engine->account_slot_room * 2 : 1024;
  tr_memory_free(&engine->memory, engine->account_slots);
  engine->account_slots = NULL;
  engine->account_slots = tr_memory_alloc(&engine->memory, sizeof *engine->account_slots * room);
  engine->account_slot_room = room;
  for (uint32_t i = 0; i < engine->account_count; i++) {
    tr_account *account = engine->accounts[i];
    *account_slot(engine, account->hash) =
        (tr_account_slot){.hash = account->hash.first, .account = account};
  }
}

static void widen_accounts(treaty_engine *engine) {
  uint32_t old = engine->account_room, room = old ? old * 2 : 1024;
  engine->accounts =
      tr_memory_grow(&engine->memory, engine->accounts, sizeof *engine->accounts * old,
                     sizeof *engine->accounts * room);
  engine->heap_positions =
      tr_memory_grow(&engine->memory, engine->heap_positions, sizeof *engine->heap_positions * old,
                     sizeof *engine->heap_positions * room);
  engine->account_room = room;
}

/* The one that an account has become. */
static tr_account *present_account(tr_account *account) {
  while (account->merged_into) account = account->merged_into;
  return account;
}

tr_account *tr_account_find(const treaty_engine *engine, const char *id, size_t length) {
  if (!engine->account_slot_room) return NULL;
  tr_account *account = account_slot(engine, hash_of(engine, id, length))->account;
  return account ? present_account(account) : NULL;
}

static tr_account *make_account(treaty_engine *engine, const char *id, size_t length,
                                tr_hash128 hash) {
  if (engine->account_count >= engine->account_slot_room / 4 * 3) widen_slots(engine);
  tr_account_slot *slot = account_slot(engine, hash);
  if (slot->account) return present_account(slot->account);
  if (engine->account_count == engine->account_room) widen_accounts(engine);
  tr_nest nest = tr_pool_nest(&engine->pool, TR_NEST_BYTES);
  engine->pool.nest = &nest;
  tr_account *account =
      make_entity(engine, ENTITY_ACCOUNT, sizeof *account, 0, offsetof(tr_account, state.cells));
  account->nest = nest;
  engine->pool.nest = &account->nest;
  account->id = keep_id(engine, id, length);
  account->hash = hash;
  account->index = engine->account_count;
  account->signals_ms = TR_NEVER;
  engine->heap_positions[account->index] = TR_HEAP_NONE;
  engine->accounts[engine->account_count++] = account;
  *slot = (tr_account_slot){.hash = hash.first, .account = account};
  return account;
}

tr_account *tr_account_make(treaty_engine *engine, const char *id, size_t length) {
  return make_account(engine, id, length, hash_of(engine, id, length));
}

tr_account *tr_account_of_event(treaty_engine *engine, const treaty_event *event) {
  return make_account(engine, event->account.bytes, event->account.length,
                      tr_event_account(engine->repeats.key, event));
}

/* ---- Persons --------------------------------------------------------------------------------- */

static bool has_hash(const void *owner, uint32_t number, const void *bytes, size_t length) {
  (void)length;
  return memcmp(&((const tr_account *)owner)->persons[number].hash, bytes, sizeof(tr_hash128)) == 0;
}

static tr_person *person_of(const tr_account *account, tr_hash128 hash) {
  if (account->person_places) {
    uint32_t number = tr_map_find(account->person_places, &hash, sizeof hash);
    return number == TR_MAP_NONE ? NULL : account->persons[number].person;
  }
  for (uint32_t i = 0; i < account->person_count; i++) {
    if (same_hash(account->persons[i].hash, hash)) return account->persons[i].person;
  }
  return NULL;
}

static void place_person(treaty_engine *engine, tr_account *account, uint32_t number) {
  uint32_t first = number;
  if (number < TR_FEW) return;
  if (!account->person_places) {
    account->person_places = tr_memory_alloc(&engine->memory, sizeof *account->person_places);
    tr_map_init(account->person_places, &engine->memory, engine->repeats.key, has_hash, account);
    first = 0;
  }
  for (uint32_t i = first; i <= number; i++)
    tr_map_add(account->person_places, &account->persons[i].hash, sizeof(tr_hash128), i);
}

tr_person *tr_person_find(const treaty_engine *engine, const tr_account *account, const char *id,
                          size_t length) {
  return person_of(account, hash_of(engine, id, length));
}

tr_person *tr_person_make(treaty_engine *engine, tr_account *account, const char *id,
                          size_t length) {
  tr_hash128 hash = hash_of(engine, id, length);
  tr_person *person = person_of(account, hash);
  if (person) return person;
  account->persons = tr_pool_grow(&engine->pool, account->persons, account->person_count,
                                  &account->person_room, sizeof *account->persons);
  person = make_entity(engine, ENTITY_PERSON, sizeof *person, 0, offsetof(tr_person, state.cells));
  person->id = keep_id(engine, id, length);
  person->number = account->person_count++;
  account->persons[person->number] = (tr_person_ref){.hash = hash, .person = person};
  place_person(engine, account, person->number);
  engine->person_count++;
  return person;
}

/* ---- Leads and members ----------------------------------------------------------------------- */

tr_lead *tr_lead_find(const tr_account *account, const char *id, size_t length) {
  if (account->crowd) return tr_crowd_find(account->crowd, id, length);
  for (tr_lead *lead = account->leads; lead; lead = lead->next) {
    if (lead->id->length == length && memcmp(lead->id->bytes, id, length) == 0) return lead;
  }
  return NULL;
}

tr_lead *tr_lead_meant(const tr_account *account, const char *id, size_t length) {
  tr_lead *lead = tr_lead_find(account, id, length);
  while (lead && tr_lead_joined_into(lead)) lead = tr_lead_joined_into(lead);
  return lead;
}

tr_lead *tr_lead_latest(const tr_account *account) {
  tr_lead *found = NULL;
  if (account->crowd) return tr_crowd_latest(account->crowd);
  for (tr_lead *lead = account->leads; lead; lead = lead->next) {
    if (!lead->closed && (!found || lead->last_event_ms > found->last_event_ms)) found = lead;
  }
  return found;
}

uint32_t tr_leads_open(const tr_account *account) {
  uint32_t count = 0;
  if (account->crowd) return account->crowd->latest.count;
  for (const tr_lead *lead = account->leads; lead; lead = lead->next) count += !lead->closed;
  return count;
}

void tr_lead_heard(const tr_account *account, tr_lead *lead, int64_t time_ms) {
  if (time_ms <= lead->last_event_ms) return;
  lead->last_event_ms = time_ms;
  if (account->crowd) tr_crowd_heard(account->crowd, lead);
}

/* A lead without an id of its own is called by its ordinal, or the next number that is free. */
static const tr_id *lead_id(treaty_engine *engine, const tr_account *account, const char *id,
                            size_t length) {
  char number[16];
  if (id) return keep_id(engine, id, length);
  uint32_t ordinal = account->lead_count + 1;
  do {
    length = (size_t)snprintf(number, sizeof number, "%u", ordinal++);
  } while (tr_lead_find(account, number, length));
  return keep_id(engine, number, length);
}

/* Behind the account's other leads. */
static void enlist(treaty_engine *engine, tr_account *account, tr_lead *lead) {
  lead->next = NULL;
  lead->ordinal = ++account->lead_count;
  if (account->last_lead)
    account->last_lead->next = lead;
  else
    account->leads = lead;
  account->last_lead = lead;
  if (account->lead_count > TR_FEW) tr_crowd_add(engine, account);
}

tr_lead *tr_lead_make(treaty_engine *engine, tr_account *account, const char *id, size_t length,
                      int64_t opened_ms) {
  const treaty_program *program = engine->program;
  uint32_t stands = program->stand_count + program->clauses_per_stage_max;
  size_t entries = sizeof(uint64_t) * 2 * ((program->stage_count + 63) / 64);
  size_t waits = program->asks ? sizeof(int64_t) * program->clauses_per_stage_max : 0;
  tr_lead *lead = make_entity(engine, ENTITY_LEAD, sizeof *lead, entries + waits + stands,
                              offsetof(tr_lead, state.cells));
  lead->entries =
      (uint64_t *)((char *)(lead + 1) + sizeof(tr_cell) * cells_at_hand(engine, ENTITY_LEAD));
  lead->stands = (uint8_t *)lead->entries + entries + waits;
  lead->id = lead_id(engine, account, id, length);
  lead->agreement = lead->reason = TR_NONE;
  lead->rep = lead->previous_rep = lead->open_to = TR_NO_REP;
  lead->opened_ms = lead->stage_since_ms = lead->before.since_ms = opened_ms;
  lead->opened_seq = engine->seq;
  lead->until_ms = TR_NEVER;
  lead->last_event_ms = INT64_MIN;
  memset(lead->stands, STAND_NEW, stands);
  for (uint32_t i = 0; i < program->stand_count; i++) lead->stands[i] = STAND_UNKNOWN;
  enlist(engine, account, lead);
  engine->lead_count++;
  engine->open_lead_count++;
  return lead;
}

static bool is_person(const void *owner, uint32_t place, const void *bytes, size_t length) {
  (void)length;
  uint32_t number = ((const tr_lead *)owner)->members[place].person->number;
  return memcmp(&number, bytes, sizeof number) == 0;
}

tr_aside *tr_lead_aside(treaty_engine *engine, tr_lead *lead) {
  if (lead->aside) return lead->aside;
  lead->aside = tr_pool_alloc(&engine->pool, sizeof *lead->aside);
  *lead->aside = (tr_aside){.switched_ms = INT64_MIN};
  return lead->aside;
}

tr_member *tr_member_find(const tr_lead *lead, const tr_person *person) {
  if (lead->many) {
    uint32_t place = tr_map_find(&lead->many->places, &person->number, sizeof person->number);
    return place == TR_MAP_NONE ? NULL : &lead->members[place];
  }
  for (uint32_t i = 0; i < lead->member_count; i++) {
    if (lead->members[i].person == person) return &lead->members[i];
  }
  return NULL;
}

static void place_member(treaty_engine *engine, tr_lead *lead, uint32_t place) {
  uint32_t first = place;
  if (place < TR_FEW) return;
  if (!lead->many) {
    lead->many = tr_memory_alloc(&engine->memory, sizeof *lead->many);
    tr_map_init(&lead->many->places, &engine->memory, engine->repeats.key, is_person, lead);
    first = 0;
  }
  for (uint32_t i = first; i <= place; i++) {
    const tr_person *person = lead->members[i].person;
    tr_map_add(&lead->many->places, &person->number, sizeof person->number, i);
  }
}

tr_member *tr_member_make(treaty_engine *engine, tr_account *account, tr_lead *lead,
                          tr_person *person) {
  tr_member *member = tr_member_find(lead, person);
  if (member && member->is_there) return member;
  tr_touch(engine, engine->program->member_input);
  engine->polls.now++;
  if (member) {
    member->is_there = true;
    tr_census_person(engine, account, person);
    return member;
  }
  lead->members = tr_pool_grow(&engine->pool, lead->members, lead->member_count, &lead->member_room,
                               sizeof *lead->members);
  member = &lead->members[lead->member_count++];
  *member = (tr_member){.person = person, .is_there = true};
  place_member(engine, lead, lead->member_count - 1);
  if (account->crowd) tr_crowd_join(engine, account->crowd, person, lead);
  return member;
}

/* ---- Accounts that become one ---------------------------------------------------------------- */

static void adopt_people(treaty_engine *engine, tr_account *account, tr_lead *lead) {
  tr_members_free(engine, lead); /* of other numbers */
  for (uint32_t i = 0; i < lead->member_count; i++) {
    const tr_id *person = lead->members[i].person->id;
    lead->members[i].person = tr_person_make(engine, account, person->bytes, person->length);
  }
  if (lead->member_count > 0) place_member(engine, lead, lead->member_count - 1);
}

void tr_lead_adopt(treaty_engine *engine, tr_account *account, tr_lead *lead, const char *from) {
  while (tr_lead_find(account, lead->id->bytes, lead->id->length)) {
    const char *id =
        tr_arena_print(&engine->step, "%s/%.*s", from, (int)lead->id->length, lead->id->bytes);
    lead->id = lead_id(engine, account, id, strlen(id));
  }
  adopt_people(engine, account, lead);
  enlist(engine, account, lead);
}

void tr_account_leave(treaty_engine *engine, tr_account *gone, tr_account *kept) {
  uint32_t position = engine->heap_positions[gone->index];
  if (position != TR_HEAP_NONE) tr_heap_remove(&engine->timers, position);
  gone->signals_ms = TR_NEVER;
  gone->leads = gone->last_lead = NULL;
  gone->lead_count = 0;
  gone->crowd = NULL;
  gone->merged_into = kept;
}
