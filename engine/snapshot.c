/* snapshot.c - see snapshot.h. */
#include "engine/snapshot.h"

#include <assert.h>
#include <string.h>

typedef struct snapshot {
  struct snapshot *older;
  size_t bytes; /* the whole piece */
  tr_past_place place;
  int64_t signals_ms;
  uint32_t persons, leads; /* that there were; what came later is empty */
  char state[];            /* the account's, each person's, each lead's and its members' */
} snapshot;

typedef struct tr_account_past {
  struct tr_account_past *newer, *older; /* accounts */
  uint32_t account;
  snapshot *latest;
} tr_account_past;

/* ---- Packing --------------------------------------------------------------------------------- */

/* Where it is written to; `at` NULL: only counted. */
typedef struct packer {
  char *at;
  size_t bytes;
} packer;

static void put(packer *packer, const void *items, size_t bytes) {
  if (packer->at && bytes) memcpy(packer->at + packer->bytes, items, bytes);
  packer->bytes += bytes;
}

static bool is_empty(const tr_cell *cell) {
  return cell->count == 0 && cell->total == 0 && cell->seq == 0;
}

static void put_state(packer *packer, const tr_entity_state *state, bool is_there) {
  const tr_facts *facts = &state->facts;
  uint32_t head[3] = {is_there, facts->count, 0};
  for (uint32_t i = 0; i < state->cells.count; i++) head[2] += !is_empty(&state->cells.items[i]);
  put(packer, head, sizeof head);
  put(packer, facts->items, sizeof *facts->items * facts->count);
  for (uint32_t i = 0; i < state->cells.count; i++) {
    const tr_cell *cell = &state->cells.items[i];
    if (is_empty(cell)) continue;
    put(packer, cell, sizeof *cell);
    put(packer, cell->items, (size_t)cell->item_bytes * cell->count);
  }
}

static void put_account(packer *packer, const tr_account *account) {
  put_state(packer, &account->state, account->is_there);
  for (uint32_t i = 0; i < account->person_count; i++)
    put_state(packer, &account->persons[i].person->state, account->persons[i].person->is_there);
  for (const tr_lead *lead = account->leads; lead; lead = lead->next) {
    put_state(packer, &lead->state, lead->member_count > 0);
    if (lead->member_count == 0) continue;
    put(packer, &lead->member_count, sizeof lead->member_count);
    for (uint32_t i = 0; i < lead->member_count; i++)
      put_state(packer, &lead->members[i].state, lead->members[i].is_there);
  }
}

/* ---- Unpacking ------------------------------------------------------------------------------- */

static void get(const char **from, void *items, size_t bytes) {
  if (bytes) memcpy(items, *from, bytes);
  *from += bytes;
}

static void make_room(treaty_engine *engine, void **items, uint32_t *room, uint32_t count,
                      size_t size) {
  if (*room >= count) return;
  tr_pool_free(&engine->pool, *items, size * *room);
  *items = tr_pool_alloc(&engine->pool, size * count);
  *room = count;
}

static void get_cell(treaty_engine *engine, const char **from, tr_cells *cells) {
  tr_cell then, *cell;
  get(from, &then, sizeof then);
  cell = tr_cell_make(engine, cells, then.index);
  if (then.count > 0) make_room(engine, &cell->items, &cell->room, then.count, then.item_bytes);
  if (then.count > 0) cell->item_bytes = then.item_bytes;
  get(from, cell->items, (size_t)then.item_bytes * then.count);
  cell->count = then.count;
  cell->total = then.total;
  cell->seq = then.seq;
}

/* Whether it was there. */
static bool get_state(treaty_engine *engine, const char **from, tr_entity_state *state) {
  uint32_t head[3];
  tr_facts *facts = &state->facts;
  get(from, head, sizeof head);
  void *items = facts->items;
  make_room(engine, &items, &facts->room, head[1], sizeof *facts->items);
  facts->items = items;
  facts->count = head[1];
  get(from, facts->items, sizeof *facts->items * facts->count);
  for (uint32_t i = 0; i < head[2]; i++) get_cell(engine, from, &state->cells);
  return head[0];
}

static void get_lead(treaty_engine *engine, const char **from, tr_lead *lead) {
  uint32_t count;
  if (!get_state(engine, from, &lead->state)) return;
  get(from, &count, sizeof count);
  assert(count <= lead->member_count);
  for (uint32_t i = 0; i < count; i++)
    lead->members[i].is_there = get_state(engine, from, &lead->members[i].state);
}

static void get_account(treaty_engine *engine, const snapshot *snapshot, tr_account *account) {
  const char *from = snapshot->state;
  tr_lead *lead = account->leads;
  assert(snapshot->persons <= account->person_count && snapshot->leads <= account->lead_count);
  account->is_there = get_state(engine, &from, &account->state);
  for (uint32_t i = 0; i < snapshot->persons; i++) {
    tr_person *person = account->persons[i].person;
    person->is_there = get_state(engine, &from, &person->state);
  }
  for (uint32_t i = 0; i < snapshot->leads; i++, lead = lead->next) get_lead(engine, &from, lead);
}

/* ---- Who has some ---------------------------------------------------------------------------- */

static tr_account_past *past_of(const treaty_engine *engine, const tr_account *account) {
  const tr_snapshots *all = &engine->snapshots;
  return account->index < all->room ? all->of[account->index] : NULL;
}

static void link_newest(tr_snapshots *all, tr_account_past *past) {
  past->newer = NULL;
  past->older = all->newest;
  *(all->newest ? &all->newest->newer : &all->oldest) = past;
  all->newest = past;
}

static void unlink_past(tr_snapshots *all, tr_account_past *past) {
  *(past->newer ? &past->newer->older : &all->newest) = past->older;
  *(past->older ? &past->older->newer : &all->oldest) = past->newer;
}

static tr_account_past *make_past(treaty_engine *engine, const tr_account *account) {
  tr_snapshots *all = &engine->snapshots;
  if (account->index >= all->room) {
    uint32_t room = engine->account_room;
    all->of = tr_memory_grow(&engine->memory, all->of, sizeof *all->of * all->room,
                             sizeof *all->of * room);
    all->room = room;
  }
  tr_account_past *past = tr_memory_alloc(&engine->memory, sizeof *past);
  past->account = account->index;
  link_newest(all, past);
  return all->of[account->index] = past;
}

static void free_snapshot(treaty_engine *engine, snapshot **place) {
  snapshot *gone = *place;
  *place = gone->older;
  engine->snapshots.bytes -= gone->bytes;
  tr_memory_free(&engine->memory, gone);
}

static void free_past(treaty_engine *engine, tr_account_past *past) {
  while (past->latest) free_snapshot(engine, &past->latest);
  unlink_past(&engine->snapshots, past);
  engine->snapshots.of[past->account] = NULL;
  tr_memory_free(&engine->memory, past);
}

/* ---- Keeping --------------------------------------------------------------------------------- */

/* Of the multiples of each power of two, whether it is one of the two latest. */
static bool is_kept(const treaty_engine *engine, uint32_t before, uint32_t events) {
  return before % engine->snapshots.every == 0 && events - before < 2 * (before & -before);
}

static void thin(treaty_engine *engine, tr_account_past *past, uint32_t events) {
  for (snapshot **place = &past->latest; *place;) {
    if (is_kept(engine, (*place)->place.events, events))
      place = &(*place)->older;
    else
      free_snapshot(engine, place);
  }
}

/* Room for so many bytes more: false, the account alone has too much. */
static bool make_way(treaty_engine *engine, const tr_account_past *past, size_t bytes) {
  tr_snapshots *all = &engine->snapshots;
  while (all->bytes + bytes > all->bytes_max) {
    if (all->oldest == past) return false;
    free_past(engine, all->oldest);
  }
  return true;
}

void tr_snapshot_take(treaty_engine *engine, const tr_account *account, tr_past_place place,
                      uint32_t events) {
  if (!is_kept(engine, place.events, events)) return;
  packer count = {0};
  put_account(&count, account);
  size_t bytes = sizeof(snapshot) + count.bytes;
  tr_account_past *past = past_of(engine, account);
  if (!past) past = make_past(engine, account);
  if (!make_way(engine, past, bytes)) return;
  snapshot *taken = tr_memory_alloc(&engine->memory, bytes);
  packer packer = {.at = taken->state};
  *taken = (snapshot){.older = past->latest,
                      .bytes = bytes,
                      .place = place,
                      .signals_ms = account->signals_ms,
                      .persons = account->person_count,
                      .leads = account->lead_count};
  put_account(&packer, account);
  assert(packer.bytes == count.bytes);
  past->latest = taken;
  engine->snapshots.bytes += bytes;
  thin(engine, past, events);
}

/* A lead that opened since is looked at when it opened. */
static int64_t signals_from(const tr_account *account, const snapshot *snapshot) {
  int64_t first_ms = snapshot->signals_ms;
  for (const tr_lead *lead = account->leads; lead; lead = lead->next) {
    if (lead->opened_ms >= snapshot->place.at.time_ms && lead->opened_ms < first_ms)
      first_ms = lead->opened_ms;
  }
  return first_ms;
}

bool tr_snapshot_go_back(treaty_engine *engine, tr_account *account, tr_past_place *place) {
  tr_account_past *past = past_of(engine, account);
  if (!past || !past->latest) return false;
  unlink_past(&engine->snapshots, past);
  link_newest(&engine->snapshots, past);
  get_account(engine, past->latest, account);
  account->signals_ms = signals_from(account, past->latest);
  *place = past->latest->place;
  return true;
}

void tr_snapshots_drop(treaty_engine *engine, const tr_account *account, tr_stamp from) {
  tr_account_past *past = past_of(engine, account);
  if (!past) return;
  while (past->latest && !tr_stamp_before(past->latest->place.at, from))
    free_snapshot(engine, &past->latest);
  if (!past->latest) free_past(engine, past);
}
