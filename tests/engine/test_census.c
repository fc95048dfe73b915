/* test_census.c - quantifiers over many members say at each instant what counting anew says. */
#include "tests/engine/in_memory.h"

#include <math.h>
#include <stdlib.h>

#define NINE    INT64_C(1772442000000) /* 2026-03-02 09:00 UTC */
#define TICK    INT64_C(600000)        /* all happens on this grid */
#define TICKS   4000
#define PERSONS 50
#define SEED    20260302u

static const char desk[] =
    "party marketing\n"
    "late events up to 1 days\n"
    "event ask by buyer\n"
    "event see by buyer\n"
    "stages { new owned by marketing, opened by (ask)  gone owned by marketing, lost }\n"
    "criterion crowded met when count of members with (count of see in last 1 days >= 1) >= 30\n"
    "criterion keen met when any member has (count of see in last 1 days >= 5)\n"
    "criterion calm met when every member has (count of see in last 1 days < 5)\n"
    "score heat of person, at most 35 { halves every 1 days  on see add 10 }\n"
    "define seen of member as count of see in last 1 days\n"
    "criterion warm met when sum of heat of members >= 350\n"
    "criterion hot met when max of heat of members >= 30\n"
    "criterion busy met when sum of seen of members >= 40\n"
    "agreement \"A\" version 1 between marketing in force from 2026-01-01 {\n"
    "  applies otherwise\n"
    "  move new to gone after 900 days\n"
    "}\n";

/* How often each person has seen something, tick by tick. */
typedef struct seen {
  uint8_t at[TICKS][PERSONS];
} seen;

static int in_last_day(const seen *seen, int person, int now) {
  int count = 0;
  for (int tick = now; tick > now - 144 && tick >= 0; tick--) count += seen->at[tick][person];
  return count;
}

/* A day later half of it is left. */
static double heat_of(const seen *seen, int person, int now) {
  double heat = 0;
  for (int tick = 0; tick <= now; tick++)
    heat += seen->at[tick][person] ? 10 * seen->at[tick][person] * exp2((tick - now) / 144.0) : 0;
  return heat < 35 ? heat : 35;
}

/* The bit; so near to the limit both answers are right. */
static unsigned reaches(double heat, double limit, unsigned bit, unsigned *open) {
  if (fabs(heat - limit) < 0.0001) *open |= 1u << bit;
  return (unsigned)(heat >= limit) << bit;
}

/* Bits: by name. Of the member whom nobody has named there are no events. */
static unsigned count_anew(const seen *seen, int now, unsigned *open) {
  int active = 0, keen = 0, all = 0;
  double hottest = 0, heat = 0;
  for (int person = 0; person < PERSONS; person++) {
    int count = in_last_day(seen, person, now);
    active += count >= 1;
    keen += count >= 5;
    all += count;
    double own = heat_of(seen, person, now);
    heat += own;
    if (own > hottest) hottest = own;
  }
  *open = 0;
  return (unsigned)(active >= 30) | (unsigned)(keen > 0) << 1 | (unsigned)(keen == 0) << 2 |
         (unsigned)(all >= 40) << 3 | reaches(heat, 350, 4, open) | reaches(hottest, 30, 5, open);
}

#define CRITERIA 6

static void note_decisions(treaty_engine *engine, unsigned *met) {
  static const char *const names[] = {"crowded", "keen", "calm", "busy", "warm", "hot"};
  size_t count;
  const treaty_decision *decisions = treaty_engine_decisions(engine, &count);
  for (size_t i = 0; i < count; i++) {
    if (decisions[i].kind != TREATY_CRITERION_CHANGED) continue;
    for (unsigned k = 0; k < CRITERIA; k++) {
      if (strcmp(decisions[i].name, names[k]) != 0) continue;
      *met &= ~(1u << k);
      if (strcmp(decisions[i].to, "met") == 0) *met |= 1u << k;
    }
  }
}

typedef struct run {
  const treaty_program *program;
  treaty_engine *engine;
  uint32_t sent;
  unsigned met;
} run;

static void send(run *run, const char *type, int person, int tick, int now) {
  char name[8];
  sent_event sent;
  treaty_refusal refusal;
  snprintf(name, sizeof name, "p%d", person);
  prepare_event(&sent, run->program, type, ++run->sent, "acme", NINE + tick * TICK);
  sent.event.person = text_of(name);
  assert_int_equal(treaty_engine_event(run->engine, &sent.event, NINE + now * TICK, &refusal),
                   TREATY_OK);
  note_decisions(run->engine, &run->met);
}

/* Lively days and quiet ones, so that each criterion comes and goes; every tenth event is late. */
static void happen(run *run, seen *seen, int now) {
  int lively = now / 288 % 2 ? 2 : 12;
  if (rand() % lively != 0) return;
  int tick = rand() % 10 == 0 && now > 30 ? now - rand() % 30 : now,
      person = rand() % 3 ? rand() % PERSONS : rand() % 5;
  seen->at[tick][person]++;
  send(run, "see", person, tick, now);
}

static void test_as_counted_anew(void **state) {
  (void)state;
  static seen seen;
  unsigned both[CRITERIA] = {0};
  treaty_program *program = load_good_text(desk);
  run run = {.program = program};
  assert_int_equal(treaty_engine_new(program, NULL, &run.engine), TREATY_OK);
  print_message("seed %u\n", SEED);
  srand(SEED);
  for (int person = 0; person < PERSONS; person++) send(&run, "ask", person, 0, 0);
  for (int now = 1; now < TICKS; now++) {
    happen(&run, &seen, now);
    assert_int_equal(treaty_engine_advance(run.engine, NINE + now * TICK), TREATY_OK);
    note_decisions(run.engine, &run.met);
    unsigned open, anew = count_anew(&seen, now, &open);
    assert_int_equal(run.met & ~open, anew & ~open);
    for (unsigned k = 0; k < CRITERIA; k++) both[k] |= 1u << (anew >> k & 1);
  }
  for (unsigned k = 0; k < CRITERIA; k++) assert_int_equal(both[k], 3); /* each came and went */
  treaty_engine_free(run.engine);
  treaty_program_free(program);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_as_counted_anew)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
