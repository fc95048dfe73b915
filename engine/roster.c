/* roster.c - who there is: the people of the program, and what events say of them. */
#include <string.h>

#include "engine/limits.h"
#include "engine/people.h"
#include "engine/quota.h"

/* ---- Who there is ---------------------------------------------------------------------------- */

static void grow(treaty_engine *engine) {
  uint32_t room = engine->rep_room ? 2 * engine->rep_room : 16;
  engine->reps = tr_memory_grow(&engine->memory, engine->reps, engine->rep_room * sizeof(tr_rep),
                                room * sizeof(tr_rep));
  engine->rep_room = room;
}

static tr_rep *add_rep(treaty_engine *engine, treaty_text id, uint32_t team) {
  tr_rep rep = {.team = team,
                .kind = engine->program->rep_kinds,
                .share_millionths = 1000000,
                .since_ms = engine->clock_ms,
                .placed_ms = INT64_MIN,
                .absence_ms = INT64_MIN};
  rep.text = tr_texts_add(&engine->texts, id.bytes, id.length);
  char *kept = tr_pool_alloc(&engine->pool, id.length + 1);
  memcpy(kept, id.bytes, id.length);
  kept[id.length] = '\0';
  rep.id = (treaty_text){.bytes = kept, .length = id.length};
  for (int kind = 0; kind < TR_QUEUES; kind++) rep.places[kind] = TR_NONE;
  if (engine->rep_count == engine->rep_room) grow(engine);
  engine->reps[engine->rep_count] = rep;
  (void)tr_map_add(&engine->rep_places, kept, id.length, engine->rep_count);
  return &engine->reps[engine->rep_count++];
}

static bool has_id(const void *owner, uint32_t index, const void *bytes, size_t length) {
  treaty_text id = ((const treaty_engine *)owner)->reps[index].id;
  return id.length == length && memcmp(id.bytes, bytes, length) == 0;
}

void tr_people_init(treaty_engine *engine) {
  const treaty_program *program = engine->program;
  tr_map_init(&engine->rep_places, &engine->memory, engine->repeats.key, has_id, engine);
  tr_queues_init(engine);
  for (uint32_t i = 0; i < program->rep_count; i++) {
    const tr_rep_def *def = &program->reps[i];
    tr_rep *rep = add_rep(engine, (treaty_text){def->id, strlen(def->id)}, def->team);
    rep->hours = def->hours;
    rep->kind = def->kind;
    rep->share_millionths = def->share_millionths;
    tr_queues_settle(engine, i);
  }
}

uint32_t tr_people_find(const treaty_engine *engine, treaty_text id) {
  return tr_map_find(&engine->rep_places, id.bytes, id.length); /* TR_MAP_NONE is TR_NONE */
}

treaty_text tr_people_id(const treaty_engine *engine, uint32_t rep) {
  return rep < engine->rep_count ? engine->reps[rep].id : (treaty_text){0};
}

uint32_t tr_people_party(const treaty_engine *engine, uint32_t rep) {
  return engine->program->teams[engine->reps[rep].team].party;
}

bool tr_people_are_there(const treaty_engine *engine, uint32_t rep) {
  const tr_rep *one = &engine->reps[rep];
  bool is_absent =
      one->absent_from_ms <= engine->clock_ms && engine->clock_ms < one->absent_until_ms;
  return !one->left && !is_absent;
}

/* ---- Events ---------------------------------------------------------------------------------- */

/* The fields of rep.joined {rep, team}, rep.absent {rep, since, until}, rep.left {rep}. */
enum { REP, TEAM, SINCE = 1, UNTIL };

static const treaty_value *said(const treaty_engine *engine, uint32_t field) {
  return &engine->event->values[field];
}

void tr_people_note_nothing(treaty_engine *engine, const tr_account *account, const char *why) {
  treaty_decision nothing = {.kind = TREATY_EVENT_UNBOUND,
                             .seq = engine->seq,
                             .n = engine->next_n++,
                             .time_ms = engine->clock_ms,
                             .due_ms = TREATY_NEVER,
                             .name = engine->event->type->name,
                             .reason = why,
                             .cause_source = engine->event->source,
                             .cause_id = engine->event->id};
  if (account) nothing.account = tr_id_text(account->id);
  TR_PUSH(&engine->step, &engine->decisions, nothing);
}

static uint32_t team_named(const treaty_engine *engine, treaty_text name) {
  const treaty_program *program = engine->program;
  for (uint32_t i = 0; i < program->team_count; i++) {
    if (strlen(program->teams[i].name) == name.length &&
        memcmp(program->teams[i].name, name.bytes, name.length) == 0)
      return i;
  }
  return TR_NONE;
}

/* Who comes new to a team that shares begins where the others are, not at the beginning. */
static uint64_t given_like_others(const treaty_engine *engine, const tr_rep *joined) {
  uint32_t least = tr_queue_least_given(engine, joined->team);
  if (least == TR_NONE) return 0;
  const tr_rep *other = &engine->reps[least];
  return (uint64_t)((unsigned __int128)other->given * (uint64_t)joined->share_millionths /
                    (uint64_t)other->share_millionths);
}

/* What is said of later stands, in whatever order events come. */
static bool is_newest(const treaty_engine *engine, int64_t *said_ms) {
  if (engine->event_ms < *said_ms) return false;
  *said_ms = engine->event_ms;
  return true;
}

static void note_outdated(treaty_engine *engine) {
  tr_people_note_nothing(engine, NULL, "what was so later has been said already");
}

static void come_to(treaty_engine *engine, tr_rep *joined, uint32_t team) {
  const tr_team_def *teams = engine->program->teams;
  bool is_new = joined->team != team || joined->left || joined->given == 0;
  if (joined->left || teams[joined->team].party != teams[team].party)
    joined->since_ms = engine->clock_ms;
  joined->team = team;
  joined->left = false;
  if (is_new) joined->given = given_like_others(engine, joined);
}

/* Somebody who had left, or was absent, is there again. */
static void join(treaty_engine *engine) {
  treaty_text id = said(engine, REP)->text;
  uint32_t rep = tr_people_find(engine, id), team = team_named(engine, said(engine, TEAM)->text);
  if (team == TR_NONE) {
    tr_people_note_nothing(engine, NULL, "there is no team of that name");
    return;
  }
  if (rep == TR_NONE && engine->rep_count >= TR_REPS_MAX) {
    tr_people_note_nothing(engine, NULL, "there are as many people as can be");
    return;
  }
  if (rep == TR_NONE) rep = (uint32_t)(add_rep(engine, id, team) - engine->reps);
  tr_rep *joined = &engine->reps[rep];
  bool comes = is_newest(engine, &joined->placed_ms),
       is_back = is_newest(engine, &joined->absence_ms);
  if (!comes && !is_back) {
    note_outdated(engine);
    return;
  }
  tr_quotas_keep_absence(engine, rep);
  tr_queues_leave(engine, rep);
  if (comes) come_to(engine, joined, team);
  if (is_back) joined->absent_from_ms = joined->absent_until_ms = 0;
  tr_queues_settle(engine, rep);
  tr_held_look(engine, rep);
}

static void be_absent(treaty_engine *engine, uint32_t rep) {
  const treaty_value *since = said(engine, SINCE), *until = said(engine, UNTIL);
  tr_rep *absent = &engine->reps[rep];
  tr_quotas_keep_absence(engine, rep);
  absent->absent_from_ms = since->present ? since->integer : engine->event_ms;
  absent->absent_until_ms = until->present ? until->integer : TR_NEVER;
  if (absent->absent_until_ms < absent->absent_from_ms)
    absent->absent_until_ms = absent->absent_from_ms;
}

void tr_people_event(treaty_engine *engine) {
  tr_control control = engine->program->events[engine->event->type->index].control;
  if (!said(engine, REP)->present) {
    tr_people_note_nothing(engine, NULL, "it does not say who");
    return;
  }
  if (control == CONTROL_REP_JOINED) {
    join(engine);
    return;
  }
  uint32_t rep = tr_people_find(engine, said(engine, REP)->text);
  if (rep == TR_NONE) {
    tr_people_note_nothing(engine, NULL, "there is nobody of that id");
    return;
  }
  bool leaves = control == CONTROL_REP_LEFT;
  if (!is_newest(engine, leaves ? &engine->reps[rep].placed_ms : &engine->reps[rep].absence_ms)) {
    note_outdated(engine);
    return;
  }
  if (leaves)
    engine->reps[rep].left = true;
  else
    be_absent(engine, rep);
  tr_queues_settle(engine, rep);
  tr_held_look(engine, rep);
}
