/* accounts.c - finding and making accounts, persons, leads and members; see state.h. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/state.h"

tr_account *tr_account_find(const treaty_engine *engine, const char *id, size_t length) {
  uint32_t text = tr_texts_find(&engine->account_ids, id, length);
  return text == TR_TEXTS_NONE || text == 0 ? NULL : engine->accounts[text - 1];
}

tr_account *tr_account_make(treaty_engine *engine, const char *id, size_t length) {
  uint32_t text = tr_texts_add(&engine->account_ids, id, length);
  assert(text >= 1 && text <= engine->account_count + 1);
  if (text <= engine->account_count) return engine->accounts[text - 1];
  if (engine->account_count == engine->account_room) {
    uint32_t room = engine->account_room ? engine->account_room * 2 : 1024;
    engine->accounts = tr_memory_grow(&engine->memory, engine->accounts, sizeof(tr_account *) * engine->account_room,
                                      sizeof(tr_account *) * room);
    engine->account_room = room;
  }
  tr_account *account = tr_pool_alloc(&engine->pool, sizeof *account);
  account->index = text - 1;
  account->heap_position = TR_HEAP_NONE;
  engine->accounts[engine->account_count++] = account;
  return account;
}

treaty_text tr_account_id(const treaty_engine *engine, const tr_account *account) {
  treaty_text id;
  id.bytes = tr_texts_bytes(&engine->account_ids, account->index + 1, &id.length);
  return id;
}

treaty_text tr_id_text(const treaty_engine *engine, uint32_t id) {
  treaty_text text;
  text.bytes = tr_texts_bytes(&engine->ids, id, &text.length);
  return text;
}

static bool has_id(const treaty_engine *engine, uint32_t id, const char *bytes, size_t length) {
  treaty_text text = tr_id_text(engine, id);
  return text.length == length && memcmp(text.bytes, bytes, length) == 0;
}

/* ---- Persons -------------------------------------------------------------------------------------------- */

static uint32_t person_hash(const treaty_engine *engine, const char *id, size_t length) {
  return (uint32_t)tr_hash_64(engine->repeats.key, id, length);
}

/* The first with that hash or a higher one. */
static uint32_t person_place(const tr_account *account, uint32_t hash) {
  uint32_t low = 0, high = account->person_count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (account->persons[middle].hash < hash) low = middle + 1;
    else high = middle;
  }
  return low;
}

static tr_person *person_at(const treaty_engine *engine, const tr_account *account, uint32_t hash, const char *id,
                            size_t length, uint32_t *place) {
  for (*place = person_place(account, hash); *place < account->person_count; (*place)++) {
    const tr_person_ref *ref = &account->persons[*place];
    if (ref->hash != hash) break;
    if (has_id(engine, ref->person->id, id, length)) return ref->person;
  }
  return NULL;
}

tr_person *tr_person_find(const treaty_engine *engine, const tr_account *account, const char *id, size_t length) {
  uint32_t place;
  return person_at(engine, account, person_hash(engine, id, length), id, length, &place);
}

tr_person *tr_person_make(treaty_engine *engine, tr_account *account, const char *id, size_t length) {
  uint32_t place, hash = person_hash(engine, id, length);
  tr_person *person = person_at(engine, account, hash, id, length, &place);
  if (person) return person;
  account->persons = tr_pool_grow(&engine->pool, account->persons, account->person_count, &account->person_room,
                                  sizeof *account->persons);
  person = tr_pool_alloc(&engine->pool, sizeof *person);
  person->id = tr_texts_add(&engine->ids, id, length);
  memmove(account->persons + place + 1, account->persons + place,
          sizeof *account->persons * (account->person_count - place));
  account->persons[place] = (tr_person_ref){.hash = hash, .person = person};
  account->person_count++;
  engine->person_count++;
  return person;
}

/* ---- Leads and members ---------------------------------------------------------------------------------- */

tr_lead *tr_lead_find(const treaty_engine *engine, const tr_account *account, const char *id, size_t length) {
  for (tr_lead *lead = account->leads; lead; lead = lead->next) {
    if (has_id(engine, lead->id, id, length)) return lead;
  }
  return NULL;
}

/* A lead without an id of its own is called by its ordinal, or the next number that is free. */
static uint32_t lead_id(treaty_engine *engine, const tr_account *account, const char *id, size_t length) {
  char number[16];
  if (id) return tr_texts_add(&engine->ids, id, length);
  uint32_t ordinal = account->lead_count + 1;
  do {
    length = (size_t)snprintf(number, sizeof number, "%u", ordinal++);
  } while (tr_lead_find(engine, account, number, length));
  return tr_texts_add(&engine->ids, number, length);
}

tr_lead *tr_lead_make(treaty_engine *engine, tr_account *account, const char *id, size_t length, int64_t opened_ms) {
  const treaty_program *program = engine->program;
  tr_lead *lead = tr_pool_alloc(&engine->pool, sizeof *lead);
  lead->id = lead_id(engine, account, id, length);
  lead->ordinal = ++account->lead_count;
  lead->agreement = TR_NONE;
  lead->opened_ms = lead->stage_since_ms = opened_ms;
  lead->until_ms = TR_NEVER;
  lead->last_event_ms = INT64_MIN;
  uint32_t stands = program->criterion_count + program->clauses_per_stage_max;
  lead->stands = tr_pool_alloc(&engine->pool, stands + 1);
  memset(lead->stands, STAND_NEW, stands);
  for (uint32_t i = 0; i < program->criterion_count; i++) lead->stands[i] = STAND_UNKNOWN;
  if (account->last_lead) account->last_lead->next = lead;
  else account->leads = lead;
  account->last_lead = lead;
  engine->lead_count++;
  engine->open_lead_count++;
  return lead;
}

tr_member *tr_member_find(const tr_lead *lead, const tr_person *person) {
  for (uint32_t i = 0; i < lead->member_count; i++) {
    if (lead->members[i].person == person) return &lead->members[i];
  }
  return NULL;
}

tr_member *tr_member_make(treaty_engine *engine, tr_lead *lead, tr_person *person) {
  tr_member *member = tr_member_find(lead, person);
  if (member) return member;
  lead->members = tr_pool_grow(&engine->pool, lead->members, lead->member_count, &lead->member_room,
                               sizeof *lead->members);
  member = &lead->members[lead->member_count++];
  *member = (tr_member){.person = person};
  tr_touch(engine, engine->program->member_input);
  return member;
}
