/* queue.c - see queue.h. */
#include "engine/queue.h"

#include <string.h>

#include "engine/people.h"

/* ---- The order ------------------------------------------------------------------------------- */

/* Of shares, whoever is further behind with one more lead than they have; below 0: the first is. */
static int compare_shares(const tr_rep *a, const tr_rep *b, uint64_t more) {
  __int128 left = (__int128)(a->given + more) * b->share_millionths,
           right = (__int128)(b->given + more) * a->share_millionths;
  return (left > right) - (left < right);
}

/* As the team picks; of equals whoever waits longer. */
static int compare_turns(const tr_team_def *team, const tr_rep *a, const tr_rep *b) {
  int order = 0;
  if (team->pick == PICK_SHARES) order = compare_shares(a, b, 1);
  if (team->pick == PICK_FEWEST_OPEN)
    order = (a->held.count > b->held.count) - (a->held.count < b->held.count);
  return order != 0 ? order : (a->turn > b->turn) - (a->turn < b->turn);
}

static int compare_instants(int64_t a, int64_t b) { return (a > b) - (a < b); }

/* Of equals the one that came first to the treaty: a strict total order. */
static bool comes_before(const treaty_engine *engine, tr_queue_kind kind, uint32_t first,
                         uint32_t second) {
  const tr_rep *a = &engine->reps[first], *b = &engine->reps[second];
  int order = 0;
  switch (kind) {
    case QUEUE_READY:
    case QUEUE_ALIKE: order = compare_turns(&engine->program->teams[a->team], a, b); break;
    case QUEUE_COMING: order = compare_instants(a->absent_from_ms, b->absent_from_ms); break;
    case QUEUE_AWAY: order = compare_instants(a->absent_until_ms, b->absent_until_ms); break;
    case QUEUE_SHARES: order = compare_shares(a, b, 0); break;
    case TR_QUEUES: break;
  }
  return order != 0 ? order < 0 : first < second;
}

static bool belongs(const treaty_engine *engine, tr_queue_kind kind, const tr_rep *rep) {
  const tr_team_def *team = &engine->program->teams[rep->team];
  int64_t now_ms = engine->clock_ms;
  bool is_away =
      team->skip_absent && rep->absent_from_ms <= now_ms && now_ms < rep->absent_until_ms;
  if (rep->left) return false;
  switch (kind) {
    case QUEUE_READY:
    case QUEUE_ALIKE:
      return !is_away && (team->most_open == 0 || rep->held.count < team->most_open);
    case QUEUE_COMING:
      return team->skip_absent && now_ms < rep->absent_from_ms &&
             rep->absent_from_ms < rep->absent_until_ms;
    case QUEUE_AWAY: return is_away;
    case QUEUE_SHARES: return team->pick == PICK_SHARES;
    case TR_QUEUES: break;
  }
  return false;
}

/* ---- The heaps ------------------------------------------------------------------------------- */

static tr_queue *queue_of(treaty_engine *engine, uint32_t rep, tr_queue_kind kind) {
  if (kind == QUEUE_ALIKE) return &engine->alikes[engine->reps[rep].alike].queue;
  return &engine->queues[engine->reps[rep].team].of[kind];
}

static void put(treaty_engine *engine, tr_queue *queue, tr_queue_kind kind, uint32_t place,
                uint32_t rep) {
  queue->reps[place] = rep;
  engine->reps[rep].places[kind] = place;
}

static void rise(treaty_engine *engine, tr_queue *queue, tr_queue_kind kind, uint32_t place) {
  uint32_t rep = queue->reps[place];
  while (place > 0 && comes_before(engine, kind, rep, queue->reps[(place - 1) / 2])) {
    put(engine, queue, kind, place, queue->reps[(place - 1) / 2]);
    place = (place - 1) / 2;
  }
  put(engine, queue, kind, place, rep);
}

static void sink(treaty_engine *engine, tr_queue *queue, tr_queue_kind kind, uint32_t place) {
  uint32_t rep = queue->reps[place];
  for (;;) {
    uint32_t child = 2 * place + 1;
    if (child >= queue->count) break;
    if (child + 1 < queue->count &&
        comes_before(engine, kind, queue->reps[child + 1], queue->reps[child]))
      child++;
    if (!comes_before(engine, kind, queue->reps[child], rep)) break;
    put(engine, queue, kind, place, queue->reps[child]);
    place = child;
  }
  put(engine, queue, kind, place, rep);
}

/* The queue of the person's kind in the team, which may be the first of it there. */
static uint32_t alike_of(treaty_engine *engine, const tr_rep *rep) {
  const uint32_t key[2] = {rep->team, rep->kind};
  uint32_t count = engine->alike_count,
           place = tr_map_add(&engine->alike_places, key, sizeof key, count);
  if (place < count) return place;
  if (count == engine->alike_room) {
    uint32_t room = engine->alike_room ? 2 * engine->alike_room : 16;
    engine->alikes = tr_memory_grow(&engine->memory, engine->alikes,
                                    engine->alike_room * sizeof(tr_alike), room * sizeof(tr_alike));
    engine->alike_room = room;
  }
  tr_queues *of_team = &engine->queues[rep->team];
  engine->alikes[count] =
      (tr_alike){.team = rep->team, .kind = rep->kind, .next = of_team->first_alike};
  of_team->first_alike = count;
  return engine->alike_count++;
}

static void add(treaty_engine *engine, uint32_t rep, tr_queue_kind kind) {
  if (kind == QUEUE_ALIKE) engine->reps[rep].alike = alike_of(engine, &engine->reps[rep]);
  tr_queue *queue = queue_of(engine, rep, kind);
  if (queue->count == queue->room) {
    uint32_t room = queue->room ? 2 * queue->room : 16;
    queue->reps = tr_memory_grow(&engine->memory, queue->reps, queue->room * sizeof(uint32_t),
                                 room * sizeof(uint32_t));
    queue->room = room;
  }
  queue->reps[queue->count++] = rep;
  rise(engine, queue, kind, queue->count - 1);
}

static void take_out(treaty_engine *engine, uint32_t rep, tr_queue_kind kind) {
  tr_queue *queue = queue_of(engine, rep, kind);
  uint32_t place = engine->reps[rep].places[kind], last = queue->reps[--queue->count];
  engine->reps[rep].places[kind] = TR_NONE;
  if (last == rep) return;
  queue->reps[place] = last;
  rise(engine, queue, kind, place);
  sink(engine, queue, kind, engine->reps[last].places[kind]);
}

/* ---- The people ------------------------------------------------------------------------------ */

static bool is_alike(const void *owner, uint32_t index, const void *bytes, size_t length) {
  const tr_alike *alike = &((const treaty_engine *)owner)->alikes[index];
  const uint32_t key[2] = {alike->team, alike->kind};
  return length == sizeof key && memcmp(key, bytes, sizeof key) == 0;
}

void tr_queues_init(treaty_engine *engine) {
  uint32_t count = engine->program->team_count;
  engine->queues = tr_memory_alloc(&engine->memory, sizeof(tr_queues) * (count + 1));
  for (uint32_t i = 0; i < count; i++) engine->queues[i].first_alike = TR_NONE;
  tr_map_init(&engine->alike_places, &engine->memory, engine->repeats.key, is_alike, engine);
}

void tr_queues_settle(treaty_engine *engine, uint32_t rep) {
  for (tr_queue_kind kind = 0; kind < TR_QUEUES; kind++) {
    bool there = engine->reps[rep].places[kind] != TR_NONE,
         wanted = belongs(engine, kind, &engine->reps[rep]);
    if (there && wanted) {
      tr_queue *queue = queue_of(engine, rep, kind);
      rise(engine, queue, kind, engine->reps[rep].places[kind]);
      sink(engine, queue, kind, engine->reps[rep].places[kind]);
    } else if (there) {
      take_out(engine, rep, kind);
    } else if (wanted) {
      add(engine, rep, kind);
    }
  }
}

void tr_queues_leave(treaty_engine *engine, uint32_t rep) {
  for (tr_queue_kind kind = 0; kind < TR_QUEUES; kind++) {
    if (engine->reps[rep].places[kind] != TR_NONE) take_out(engine, rep, kind);
  }
}

/* Absences that have begun or ended since. */
static void come_to_now(treaty_engine *engine, uint32_t team) {
  const tr_queue *coming = &engine->queues[team].of[QUEUE_COMING],
                 *away = &engine->queues[team].of[QUEUE_AWAY];
  while (coming->count > 0 && engine->reps[coming->reps[0]].absent_from_ms <= engine->clock_ms)
    tr_queues_settle(engine, coming->reps[0]);
  while (away->count > 0 && engine->reps[away->reps[0]].absent_until_ms <= engine->clock_ms)
    tr_queues_settle(engine, away->reps[0]);
}

/* The first of all kinds that fit. */
static uint32_t first_that_fits(treaty_engine *engine, const tr_asked_team *asked) {
  uint32_t best = TR_NONE;
  for (uint32_t i = engine->queues[asked->team].first_alike; i != TR_NONE;
       i = engine->alikes[i].next) {
    const tr_queue *queue = &engine->alikes[i].queue;
    if (queue->count == 0) continue;
    uint32_t rep = queue->reps[0];
    bool better = best == TR_NONE || comes_before(engine, QUEUE_READY, rep, best);
    if (better && asked->fits(asked->context, rep)) best = rep;
  }
  return best;
}

static void step_aside(treaty_engine *engine, uint32_t rep) {
  for (tr_queue_kind kind = QUEUE_READY; kind <= QUEUE_ALIKE; kind++)
    if (engine->reps[rep].places[kind] != TR_NONE) take_out(engine, rep, kind);
}

uint32_t tr_queue_next(treaty_engine *engine, const tr_asked_team *asked, int64_t *again_ms) {
  const tr_queues *queues = &engine->queues[asked->team];
  const tr_queue *ready = &queues->of[QUEUE_READY], *away = &queues->of[QUEUE_AWAY];
  come_to_now(engine, asked->team);
  if (away->count > 0 && engine->reps[away->reps[0]].absent_until_ms < *again_ms)
    *again_ms = engine->reps[away->reps[0]].absent_until_ms;
  if (asked->not_this != TR_NONE) step_aside(engine, asked->not_this);
  uint32_t first = ready->count > 0 ? ready->reps[0] : TR_NONE;
  if (asked->fits && first != TR_NONE) first = first_that_fits(engine, asked);
  if (asked->not_this != TR_NONE) tr_queues_settle(engine, asked->not_this);
  return first;
}

uint32_t tr_queue_least_given(const treaty_engine *engine, uint32_t team) {
  const tr_queue *shares = &engine->queues[team].of[QUEUE_SHARES];
  return shares->count > 0 ? shares->reps[0] : TR_NONE;
}
