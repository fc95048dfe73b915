/* witness.c - from the cells that a proof has chosen to a test, and to the engine; see witness.h.
 *
 * What a test gives comes one line after the other, and the treaty acts on each. So the same things
 * are tried in several orders: under the agreement, whose clauses see one thing come true after the
 * other, and before it comes into force, when all of them see the whole. */
#include "engine/witness.h"

#include <string.h>

#include "engine/scenario.h"
#include "engine/staging.h"
#include "grammar/civil.h"
#include "grammar/parse.h"

#define BEGINS_MS (10 * TR_HOUR_MS) /* of the day: 10:00 */

/* How the same case is written. */
typedef enum order { FACTS_LAST, FACTS_FIRST, BEFORE_FORCE } order;

typedef struct way {
  order order;
  bool whole; /* all members are known */
} way;

/* ---- The test -------------------------------------------------------------------------------- */

typedef struct lines {
  const char *opening, *account, *people, *lead, *events;
} lines;

static lines lines_of(const tr_staging *staging, int64_t day, bool whole, const char *stage) {
  return (lines){
      .opening = tr_arena_print(staging->arena, "  lead L1 of acme { stage %s }\n", stage),
      .account = tr_staging_account(staging, day),
      .people = tr_staging_people(staging, day),
      .lead = tr_staging_lead(staging, day, whole, NULL),
      .events = tr_staging_events(staging)};
}

static bool takes_steps(const tr_staging *staging) {
  return staging->events.count > 0 || staging->people > 0 || staging->age_ms > 0;
}

/* All that is known comes first, and the lead with it. */
static const char *at_once(const tr_staging *staging, int64_t day, bool whole, const char *stage) {
  return tr_arena_print(staging->arena, "%s%s", tr_staging_account(staging, day),
                        tr_staging_lead(staging, day, whole, stage));
}

static const char *in_force(const tr_staging *staging, int64_t day, way way, const char *stage) {
  if (!takes_steps(staging)) return at_once(staging, day, way.whole, stage);
  int64_t last_day = day + (BEGINS_MS + staging->age_ms) / TR_DAY_MS;
  lines line = lines_of(staging, last_day, way.whole, stage);
  bool last = way.order == FACTS_LAST;
  return tr_arena_print(staging->arena, "%s%s%s%s%s%s", line.opening, last ? line.events : "",
                        line.account, line.people, line.lead, last ? "" : line.events);
}

static const char *before_force(const tr_staging *staging, int64_t day, way way,
                                const char *stage) {
  lines line = lines_of(staging, day, way.whole, stage);
  return tr_arena_print(staging->arena, "%s%s%s  at %s 00:00\n",
                        at_once(staging, day, way.whole, stage), line.people, line.events,
                        tr_show_constant(staging->arena, &tr_type_date, day));
}

static const char *test_text(const tr_staging *staging, const tr_witness *witness, way way) {
  const tr_stage_list *stages = &staging->proof->check->tree->stages.items[0]->list;
  const char *stage = stages->items[witness->stage].name.text;
  bool before = way.order == BEFORE_FORCE;
  const char *text = before ? before_force(staging, witness->day, way, stage)
                            : in_force(staging, witness->day, way, stage);
  int64_t begins_ms = before ? -staging->age_ms - TR_MINUTE_MS : BEGINS_MS;
  char clock[TR_TIME_TEXT_BYTES];
  tr_format_local(witness->day * TR_DAY_MS + begins_ms, clock);
  return tr_arena_print(staging->arena, "test \"%s\" {\n  clock %s\n%s%s}", witness->name, clock,
                        text, witness->expects);
}

/* ---- The engine ------------------------------------------------------------------------------ */

/* Reads and checks the test among the declarations of the treaty, without a word to its findings;
 * NULL: it does not check. */
static const tr_test *read_test(const tr_check *check, const char *text) {
  tr_diags *unseen = TR_NEW(check->arena, tr_diags);
  tr_arena_init(&unseen->arena, check->arena->memory);
  unseen->sources.arena = &unseen->arena;
  tr_tree tree = *check->tree;
  memset(&tree.tests, 0, sizeof tree.tests);
  memset(&tree.setups, 0, sizeof tree.setups);
  uint32_t file = tr_sources_add(&unseen->sources, "witness", text, (uint32_t)strlen(text));
  tr_parse_file(check->arena, unseen, &tree, file);
  tr_check again = *check;
  again.tree = &tree;
  again.diags = unseen;
  if (unseen->error_count == 0) tr_check_tests(&again);
  return unseen->error_count == 0 && tree.tests.count == 1 ? tree.tests.items[0] : NULL;
}

static bool is_shown(const tr_staging *staging, treaty_program *program, const tr_witness *witness,
                     const char *text) {
  staging->proof->steps_in_all += TR_PROOF_STEPS_A_TEST;
  const tr_test *test = read_test(staging->proof->check, text);
  return test && tr_scenario_shows(program, test, witness->codes);
}

static const char *try_ways(const tr_staging *staging, treaty_program *program,
                            const tr_witness *witness) {
  static const way ways[] = {{FACTS_LAST, false}, {FACTS_LAST, true},    {FACTS_FIRST, false},
                             {FACTS_FIRST, true}, {BEFORE_FORCE, false}, {BEFORE_FORCE, true}};
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    if (ways[i].whole && !staging->asks_members) continue;
    if (ways[i].order == FACTS_FIRST && staging->events.count == 0) continue;
    if (ways[i].order == BEFORE_FORCE && !takes_steps(staging)) continue;
    const char *text = test_text(staging, witness, ways[i]);
    if (is_shown(staging, program, witness, text)) return text;
  }
  return NULL;
}

const char *tr_witness_show(tr_proof *proof, treaty_program *program, const tr_witness *witness,
                            const char **why) {
  tr_staging staging;
  tr_staging_make(&staging, proof, witness->stage);
  *why = NULL;
  if (!staging.beyond) return try_ways(&staging, program, witness);
  *why = tr_arena_print(staging.arena, "no test was found in which %s.",
                        tr_staging_beyond_text(&staging));
  return NULL;
}
