/* history.c - see history.h. */
#include "engine/history.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/census.h"
#include "engine/crowd.h"
#include "engine/entered.h"
#include "engine/score.h"
#include "engine/snapshot.h"

/* One event of an account. 24 bytes. */
struct tr_link {
  int64_t time_ms; /* as counted */
  uint64_t place : TR_PLACE_BITS;
  uint64_t id_bits : 16; /* of the hash of source and id: most others need not be looked at */
  uint64_t voided : 1;
  uint64_t by_buyer : 1;
  uint64_t before : 40; /* SEQ of the event that the account noted before it; 0: it is the first */
  uint64_t lead : 24;   /* ordinal of the lead that it went to; 0: none */
};

/* Links lie in blocks that never move. */
#define BLOCK_LINKS 4096

static struct tr_link *link_of(const treaty_engine *engine, uint64_t seq) {
  assert(seq > 0 && seq <= engine->seq);
  return &engine->links.items[(seq - 1) / BLOCK_LINKS][(seq - 1) % BLOCK_LINKS];
}

static bool keeps_history(const treaty_engine *engine) {
  return engine->options.history.event != NULL;
}

static tr_stamp stamp_of(const treaty_engine *engine, uint64_t seq) {
  return (tr_stamp){.time_ms = link_of(engine, seq)->time_ms, .seq = seq};
}

static const tr_stamp beginning = {.time_ms = INT64_MIN};

static uint64_t id_bits(tr_hash128 identity) { return identity.second & 0xFFFF; }

/* ---- Noting ---------------------------------------------------------------------------------- */

/* Room for the link of engine->seq: events of no account have one too, that nothing leads to. */
static void make_room(treaty_engine *engine) {
  uint64_t blocks = (engine->seq - 1) / BLOCK_LINKS + 1;
  while (engine->links.count < blocks) {
    if (engine->links.count == engine->links.room) {
      uint32_t room = engine->links.room ? engine->links.room * 2 : 16;
      engine->links.items = tr_memory_grow(&engine->memory, engine->links.items,
                                           sizeof *engine->links.items * engine->links.room,
                                           sizeof *engine->links.items * room);
      engine->links.room = room;
    }
    engine->links.items[engine->links.count] =
        tr_memory_alloc(&engine->memory, sizeof(struct tr_link) * BLOCK_LINKS);
    engine->links.count++;
  }
}

void tr_history_add(treaty_engine *engine, tr_account *account, const tr_lead *lead) {
  const treaty_event *event = engine->event;
  if (engine->event_ms > account->observed_ms) account->observed_ms = engine->event_ms;
  if (!keeps_history(engine)) return;
  assert(event->place <= TR_PLACE_MAX);
  make_room(engine);
  *link_of(engine, engine->seq) =
      (struct tr_link){.time_ms = engine->event_ms,
                       .place = event->place,
                       .id_bits = id_bits(engine->event_identity),
                       .by_buyer = engine->program->events[event->type->index].cause == CAUSE_BUYER,
                       .before = account->latest_seq,
                       .lead = lead ? lead->ordinal : 0};
  account->latest_seq = engine->seq;
  tr_snapshots_drop(engine, account, stamp_of(engine, engine->seq));
}

void tr_history_move(treaty_engine *engine, tr_account *account, uint32_t from, uint32_t to) {
  for (uint64_t seq = account->latest_seq; seq > 0; seq = link_of(engine, seq)->before) {
    struct tr_link *link = link_of(engine, seq);
    if (link->lead == from) link->lead = to;
  }
  tr_snapshots_drop(engine, account, beginning);
}

/* Two chains become one, of falling SEQ as they are. */
static uint64_t woven(const treaty_engine *engine, uint64_t one, uint64_t other) {
  uint64_t first = one > other ? one : other, last = first;
  while (one > 0 && other > 0) {
    uint64_t *later = one > other ? &one : &other;
    last = *later;
    *later = link_of(engine, last)->before;
    link_of(engine, last)->before = one > other ? one : other;
  }
  return first;
}

void tr_history_join(treaty_engine *engine, tr_account *account, tr_account *gone, uint32_t more) {
  if (gone->observed_ms > account->observed_ms) account->observed_ms = gone->observed_ms;
  for (uint64_t seq = gone->latest_seq; seq > 0; seq = link_of(engine, seq)->before) {
    struct tr_link *link = link_of(engine, seq);
    if (link->lead > 0) link->lead += more;
  }
  account->latest_seq = woven(engine, account->latest_seq, gone->latest_seq);
  gone->latest_seq = 0;
  tr_snapshots_drop(engine, account, beginning);
  tr_snapshots_drop(engine, gone, beginning);
}

/* ---- Asking ---------------------------------------------------------------------------------- */

/* The event as it was; what the host cannot give any more ends the call. */
static const treaty_event *again(treaty_engine *engine, uint64_t seq) {
  const treaty_event *event = NULL;
  if (seq == engine->seq && engine->event) return engine->event;
  if (!engine->options.history.event(engine->options.history.context, link_of(engine, seq)->place,
                                     &event))
    longjmp(*engine->memory.on_failure, TREATY_NO_HISTORY);
  return event;
}

uint64_t tr_history_find(treaty_engine *engine, const tr_account *account, treaty_text source,
                         treaty_text id, const treaty_event **found) {
  if (!keeps_history(engine)) return 0;
  uint64_t bits = id_bits(
      tr_hash_128_pair(engine->repeats.key, source.bytes, source.length, id.bytes, id.length));
  for (uint64_t seq = account->latest_seq; seq > 0; seq = link_of(engine, seq)->before) {
    if (link_of(engine, seq)->id_bits != bits) continue;
    *found = again(engine, seq);
    if (tr_bytes_same((*found)->source, source) && tr_bytes_same((*found)->id, id)) return seq;
  }
  return 0;
}

bool tr_history_void(treaty_engine *engine, const tr_account *account, uint64_t seq) {
  struct tr_link *link = link_of(engine, seq);
  bool was_there = !link->voided;
  link->voided = true;
  tr_snapshots_drop(engine, account, stamp_of(engine, seq));
  return was_there;
}

bool tr_history_place(const treaty_engine *engine, uint64_t seq, tr_stamp *place) {
  bool there = seq > 0 && (seq - 1) / BLOCK_LINKS < engine->links.count;
  if (!there || link_of(engine, seq)->voided) return false;
  *place = stamp_of(engine, seq);
  return true;
}

bool tr_history_has_buyer_event(const treaty_engine *engine, const tr_account *account,
                                uint32_t lead) {
  for (uint64_t seq = account->latest_seq; seq > 0; seq = link_of(engine, seq)->before) {
    const struct tr_link *link = link_of(engine, seq);
    if (link->lead == lead && link->by_buyer && !link->voided) return true;
  }
  return false;
}

/* What time alone has brought at the present instant came before an event that comes now. */
bool tr_history_out_of_order(const treaty_engine *engine, const tr_account *account) {
  const tr_event_def *event = &engine->program->events[engine->event->type->index];
  if (!keeps_history(engine) || engine->event_ms == engine->clock_ms) return false;
  if (engine->event_ms >= account->observed_ms) return false;
  return event->order == ORDER_MATTERS ||
         (event->order == ORDER_MATTERS_LATE &&
          engine->event_ms < engine->clock_ms - engine->program->late_ms);
}

/* ---- Building anew --------------------------------------------------------------------------- */

/* An event to be observed once more. */
typedef struct past {
  tr_stamp at;
  uint64_t behind_from; /* the lowest SEQ behind it */
  uint32_t lead;
} past;

typedef TR_LIST(past) pasts;

static int by_time(const void *a, const void *b) {
  const past *one = a, *other = b;
  return tr_stamp_before(other->at, one->at) - tr_stamp_before(one->at, other->at);
}

/* Those behind a place in order. */
static pasts events_behind(treaty_engine *engine, const tr_account *account, tr_past_place place) {
  pasts events = {0};
  uint64_t seq = account->latest_seq, behind_from = engine->seq + 1;
  for (; seq > 0 && seq >= place.behind_from; seq = link_of(engine, seq)->before) {
    past event = {.at = stamp_of(engine, seq), .lead = (uint32_t)link_of(engine, seq)->lead};
    if (!link_of(engine, seq)->voided && tr_stamp_before(place.at, event.at))
      TR_PUSH(&engine->step, &events, event);
  }
  if (events.count) qsort(events.items, events.count, sizeof *events.items, by_time);
  for (uint32_t i = events.count; i-- > 0;) {
    events.items[i].behind_from = behind_from;
    if (events.items[i].at.seq < behind_from) behind_from = events.items[i].at.seq;
  }
  return events;
}

/* Cells keep their room. A fact that no event taught, but a test gave, stays. */
static void empty(tr_entity_state *state) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < state->facts.count; i++) {
    if (state->facts.items[i].seq_slot >> 16 == 0)
      state->facts.items[kept++] = state->facts.items[i];
  }
  state->facts.count = kept;
  for (uint32_t i = 0; i < state->cells.count; i++) {
    tr_cell *cell = &state->cells.items[i];
    cell->count = 0;
    cell->total = 0;
    cell->seq = 0;
  }
}

static void empty_account(tr_account *account) {
  account->signals_ms = TR_NEVER;
  tr_census_anew(account);
  account->is_there = false;
  empty(&account->state);
  for (uint32_t i = 0; i < account->person_count; i++) {
    empty(&account->persons[i].person->state);
    account->persons[i].person->is_there = false;
  }
  for (tr_lead *lead = account->leads; lead; lead = lead->next) {
    if (lead->opened_ms < account->signals_ms) account->signals_ms = lead->opened_ms;
    empty(&lead->state);
    for (uint32_t i = 0; i < lead->member_count; i++) {
      empty(&lead->members[i].state);
      lead->members[i].is_there = false;
    }
  }
}

static tr_lead *lead_of(const tr_account *account, uint32_t ordinal) {
  tr_lead *lead = ordinal ? account->leads : NULL;
  if (account->crowd && ordinal) return account->crowd->leads[ordinal - 1].lead;
  while (lead && lead->ordinal != ordinal) lead = lead->next;
  return lead;
}

/* ---- The instants in between ----------------------------------------------------------------- */

/* On the way through an account's past. */
typedef struct walk {
  tr_step_context back;
  tr_entries entries; /* of stages, as far as the program keeps them */
  uint32_t entered;
} walk;

static walk begin_walk(treaty_engine *engine, tr_account *account, tr_stamp from) {
  /* What came about in the past is not acted on again. */
  walk walk = {.back = {.engine = engine, .account = account, .looks_back = true}};
  if (engine->program->keeps_stays) walk.entries = tr_entries_behind(engine, account, from);
  return walk;
}

static const tr_entered *next_entered(const walk *walk) {
  return walk->entered < walk->entries.count ? &walk->entries.items[walk->entered] : NULL;
}

/* What time brought. The event that had come last by then is known where it led to a stage. */
static void let_come_about(walk *walk, int64_t instant_ms, uint64_t seq) {
  treaty_engine *engine = walk->back.engine;
  tr_account *account = walk->back.account;
  const tr_entered *next = next_entered(walk);
  bool led_on = next && next->by == ENTERED_BY_TIME && next->at.time_ms == instant_ms;
  engine->clock_ms = instant_ms;
  engine->seq = led_on ? next->at.seq : seq;
  if (engine->program->observes_stages) tr_stays_at(account, instant_ms, UINT64_MAX);
  tr_signals_by_time(&walk->back, instant_ms);
}

/* Up to when what time brought comes first, before the next entry or the event. */
static int64_t time_until(const tr_entered *next, tr_stamp event) {
  int64_t until_ms = event.time_ms - 1;
  if (!next) return until_ms;
  int64_t entered_ms = next->at.time_ms - (next->by != ENTERED_BY_TIME);
  return entered_ms < until_ms ? entered_ms : until_ms;
}

/* Lets happen what did before an event, instant by instant: stages that events led to, what time
 * brought, stages that time led to. No event is behind it: what it adds is not told as that of the
 * present one. */
static void pass_until(walk *walk, tr_stamp event) {
  treaty_engine *engine = walk->back.engine;
  const treaty_event *present = engine->event;
  uint64_t seq = engine->seq;
  engine->event = NULL;
  for (;;) {
    const tr_entered *next = next_entered(walk);
    if (next && !tr_entered_before(next, event)) next = NULL;
    int64_t due_ms = walk->back.account->signals_ms;
    if (due_ms <= time_until(next, event))
      let_come_about(walk, due_ms, seq);
    else if (next)
      walk->entered += tr_enter_again(&walk->back, next, walk->entries.count - walk->entered);
    else
      break;
  }
  engine->event = present;
  engine->seq = seq;
}

/* ---- The whole ------------------------------------------------------------------------------- */

/* The engine stands where it stood when the event came, had it come in order. */
static void observe_past(tr_step_context *context, const past *past) {
  treaty_engine *engine = context->engine;
  engine->event = again(engine, past->at.seq);
  engine->seq = past->at.seq;
  engine->clock_ms = engine->event_ms = past->at.time_ms;
  engine->recounted++;
  engine->loose.count = 0;
  memset(engine->event_loose, 0, sizeof(uint32_t) * engine->event->type->field_count);
  tr_observe_past(context, lead_of(context->account, past->lead));
}

/* Where the engine stands now, and what the present event fires. */
typedef struct present {
  const treaty_event *event;
  int64_t clock_ms, event_ms;
  uint64_t seq;
  uint64_t *fired;
} present;

static present remember_present(treaty_engine *engine) {
  return (present){.event = engine->event,
                   .clock_ms = engine->clock_ms,
                   .event_ms = engine->event_ms,
                   .seq = engine->seq,
                   .fired = TR_NEW_ARRAY(&engine->step, uint64_t, tr_fired_words(engine->program))};
}

static void give_back(treaty_engine *engine, const present *now) {
  engine->event = now->event;
  engine->clock_ms = now->clock_ms;
  engine->event_ms = now->event_ms;
  engine->seq = now->seq;
  engine->loose.count = 0;
  if (now->event) memset(engine->event_loose, 0, sizeof(uint32_t) * now->event->type->field_count);
}

/* Puts the account to its latest snapshot, or to nothing. */
static tr_past_place go_back(treaty_engine *engine, tr_account *account) {
  tr_past_place place = {.at = beginning};
  empty_account(account);
  tr_snapshot_go_back(engine, account, &place);
  return place;
}

void tr_rebuild(tr_step_context *context) {
  treaty_engine *engine = context->engine;
  tr_account *account = context->account;
  size_t fired_bytes = sizeof(uint64_t) * tr_fired_words(engine->program);
  present now = remember_present(engine);
  tr_past_place place = go_back(engine, account);
  pasts events = events_behind(engine, account, place);
  walk walk = begin_walk(engine, account, place.at);
  uint32_t all = place.events + events.count;
  for (uint32_t i = 0; i < events.count; i++) {
    const past *event = &events.items[i];
    pass_until(&walk, event->at);
    observe_past(&walk.back, event);
    if (event->at.seq == now.seq) memcpy(now.fired, engine->fired, fired_bytes);
    give_back(engine, &now);
    place = (tr_past_place){
        .at = event->at, .events = place.events + 1, .behind_from = event->behind_from};
    tr_snapshot_take(engine, account, place, all);
  }
  pass_until(&walk, (tr_stamp){.time_ms = now.clock_ms, .seq = now.seq});
  for (uint32_t i = 0; i < walk.back.over.count; i++)
    TR_PUSH(&engine->step, &context->over, walk.back.over.items[i]);
  give_back(engine, &now);
  if (engine->program->observes_stages) tr_stays_now(account);
  memcpy(engine->fired, now.fired, fired_bytes);
  memset(engine->touched.words, 0xFF, sizeof(uint64_t) * engine->program->input_words);
  context->built_anew = true;
}
