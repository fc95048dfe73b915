/* anew.c - what is known of an account does not change when it is built anew, and what is decided
 * does not depend on what is kept for that.
 *
 *   anew [--rules N] [--seed N]
 *
 * Random treaties, events of three accounts in random order. After each event every account is
 * built anew, and what is known of everybody must be what it was. And three engines that keep no
 * snapshots, some, and one at every event, must decide the same. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/history.h"
#include "engine/snapshot.h"
#include "feed.h"
#include "seeds.h"

enum { ACCOUNTS = 3, EVENTS = 150, VALUES_MAX = 20000 };

static feed_event feed[EVENTS];

static treaty_engine *new_engine(const treaty_program *program) {
  treaty_engine_options options = {.future_skew_ms = -1, .history = feed_history(feed)};
  treaty_engine *engine;
  if (treaty_engine_new(program, &options, &engine) != TREATY_OK) abort();
  return engine;
}

static void take(treaty_engine *engine, int number) {
  treaty_refusal refusal;
  const treaty_event *event = &feed[number].event;
  if (treaty_engine_event(engine, event, event->time_ms, &refusal) != TREATY_OK) abort();
}

/* ---- What is known --------------------------------------------------------------------------- */

typedef struct values {
  tr_value items[VALUES_MAX];
  size_t count;
} values;

static values before, after;

static void add(values *values, tr_value value) {
  if (values->count == VALUES_MAX) abort();
  values->items[values->count++] = value;
}

static void add_entity(treaty_engine *engine, tr_entity entity, tr_view view, values *values) {
  const treaty_program *program = engine->program;
  tr_eval eval = {
      .engine = engine, .now_ms = engine->clock_ms, .until_ms = TR_NEVER, .criteria_afresh = true};
  for (uint32_t i = 0; i < program->entities[entity].field_count; i++)
    add(values,
        tr_field_value(&eval, &program->entities[entity].fields[i], tr_view_state(view, entity)));
  for (uint32_t i = 0; i < program->score_count; i++) {
    if (program->scores[i].entity == entity)
      add(values, tr_score_read(&eval, &program->scores[i], view));
  }
  for (uint32_t i = 0; i < program->define_count; i++) {
    if (program->defines[i].entity == entity)
      add(values, tr_evaluate(&eval, &program->defines[i].code, view));
  }
  for (uint32_t i = 0; entity == ENTITY_LEAD && i < program->criterion_count; i++)
    add(values, tr_known_value(tr_criterion_now(&eval, &program->criteria[i], view)));
}

static void add_account(treaty_engine *engine, const tr_account *account, values *values) {
  add_entity(engine, ENTITY_ACCOUNT, (tr_view){.account = account}, values);
  for (uint32_t i = 0; i < account->person_count; i++)
    add_entity(engine, ENTITY_PERSON,
               (tr_view){.account = account, .person = account->persons[i].person}, values);
  for (const tr_lead *lead = account->leads; lead; lead = lead->next) {
    tr_view view = {.account = account, .lead = lead};
    add_entity(engine, ENTITY_LEAD, view, values);
    for (uint32_t i = 0; i < lead->member_count; i++) {
      view.member = &lead->members[i];
      view.person = view.member->person;
      add_entity(engine, ENTITY_MEMBER, view, values);
    }
  }
}

static void look(treaty_engine *engine, values *values) {
  values->count = 0;
  for (uint32_t i = 0; i < engine->account_count; i++)
    add_account(engine, engine->accounts[i], values);
}

static bool known_alike(void) {
  for (size_t i = 0; i < before.count; i++) {
    const tr_value *a = &before.items[i], *b = &after.items[i];
    if (a->known != b->known || (a->known != UNKNOWN && (a->low != b->low || a->high != b->high)))
      return false;
  }
  return before.count == after.count;
}

/* ---- Anew ------------------------------------------------------------------------------------ */

/* From the first event, as if another one came behind the last. */
static void build_anew(treaty_engine *engine, tr_account *account) {
  tr_step_context context = {.engine = engine, .account = account};
  tr_stamp beginning = {.time_ms = INT64_MIN};
  engine->pool.nest = &account->nest;
  engine->event = NULL;
  engine->seq++;
  tr_snapshots_drop(engine, account, beginning);
  tr_rebuild(&context);
  tr_snapshots_drop(engine, account, beginning); /* the other one did not come */
  engine->seq--;
}

static bool stays_as_it_was(const treaty_program *program, uint64_t seed) {
  treaty_engine *engine = new_engine(program);
  jmp_buf on_failure;
  bool same = true;
  if (setjmp(on_failure) != 0) abort();
  for (int i = 0; i < EVENTS && same; i++) {
    take(engine, i);
    engine->memory.on_failure = &on_failure;
    look(engine, &before);
    for (uint32_t k = 0; k < engine->account_count; k++) build_anew(engine, engine->accounts[k]);
    look(engine, &after);
    engine->memory.on_failure = NULL;
    same = known_alike();
    if (!same) printf("anew --seed %" PRIu64 " --rules 1: not the same behind event %d\n", seed, i);
  }
  treaty_engine_free(engine);
  return same;
}

/* ---- Snapshots ------------------------------------------------------------------------------- */

static uint64_t hash_of(uint64_t so_far, const treaty_decision *decision) {
  const char *texts[] = {decision->from, decision->to, decision->name, decision->reason};
  uint64_t said[8] = {so_far, decision->seq, decision->n, (uint64_t)decision->kind,
                      (uint64_t)decision->time_ms};
  for (int i = 0; i < 3; i++)
    if (texts[i]) said[5 + i] = tr_hash_content(texts[i], strlen(texts[i]));
  return tr_hash_content(said, sizeof said);
}

static uint64_t decided(const treaty_program *program, uint32_t every, size_t bytes_max,
                        size_t *count) {
  treaty_engine *engine = new_engine(program);
  uint64_t hash = 1;
  engine->snapshots.every = every;
  engine->snapshots.bytes_max = bytes_max;
  for (int i = 0; i < EVENTS; i++) {
    size_t more;
    take(engine, i);
    const treaty_decision *decisions = treaty_engine_decisions(engine, &more);
    for (size_t k = 0; k < more; k++) hash = hash_of(hash, &decisions[k]);
    *count += more;
  }
  treaty_engine_free(engine);
  return hash;
}

static bool decides_alike(const treaty_program *program, uint64_t seed, size_t *count) {
  uint64_t without = decided(program, 1, 0, count);
  bool same = without == decided(program, 1, SIZE_MAX, count) &&
              without == decided(program, TR_SNAPSHOT_EVENTS, SIZE_MAX, count);
  if (!same) printf("anew --seed %" PRIu64 " --rules 1: snapshots decide otherwise\n", seed);
  return same;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static bool try_rules(const seeds *seeds, uint64_t seed, void *context) {
  dice dice = {.state = seed};
  char *text = rules_random(&dice, false);
  treaty_program *program = rules_load(text, true);
  bool fine = program != NULL;
  (void)seeds;
  if (program) {
    feed_fill(feed, EVENTS, ACCOUNTS, &dice, program);
    fine = stays_as_it_was(program, seed) && decides_alike(program, seed, context);
  }
  if (!fine) printf("%s\n", text);
  treaty_program_free(program);
  free(text);
  return fine;
}

int main(int argc, char **argv) {
  seeds seeds = seeds_of(argc, argv, 100);
  size_t count = 0;
  if (!seeds_try(&seeds, try_rules, &count)) return 1;
  printf("%" PRIu64
         " rule sets: nothing changes when all is built anew, %zu decisions are the same\n",
         seeds.rules, count);
  return count == 0;
}
