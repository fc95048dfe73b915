/* parted.c - one engine over all accounts, and eight over some of them each: the same decisions.
 *
 *   parted [--rules N] [--seed N]
 *
 * Random treaties, events of forty accounts in random order. Each event goes to the engine of its
 * account; the others pass it (treaty_engine_pass). What they decide is put together as treaty.h
 * says, and must be what one engine decides, decision by decision, with the same numbers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "feed.h"
#include "merging.h"
#include "seeds.h"

enum { PARTS = 8, ACCOUNTS = 40, EVENTS = 400, LINE_BYTES = 400 };

/* Those of one account lie in one engine. */
static feed_event feed[EVENTS];

/* ---- Decisions as lines ---------------------------------------------------------------------- */

typedef struct line {
  int64_t time_ms;
  char account[16];
  char text[LINE_BYTES];
} line;

typedef struct lines {
  line *items;
  size_t count, room;
  uint64_t seq; /* numbers are given anew: SEQ and how many have carried it */
  uint32_t n;
} lines;

static line *add_line(lines *lines) {
  if (lines->count == lines->room) {
    lines->room = lines->room ? lines->room * 2 : 256;
    lines->items = realloc(lines->items, sizeof *lines->items * lines->room);
  }
  return &lines->items[lines->count++];
}

static const char *shown(const char *text) { return text ? text : "-"; }

static void add_decision(lines *lines, const treaty_decision *decision, uint32_t n) {
  line *line = add_line(lines);
  line->time_ms = decision->time_ms;
  snprintf(line->account, sizeof line->account, "%.*s", (int)decision->account.length,
           decision->account.bytes);
  snprintf(line->text, sizeof line->text,
           "%" PRIu64 ".%" PRIu32 " %" PRId64 " %s %.*s %s %s -> %s %s cause %.*s", decision->seq,
           n, decision->time_ms, line->account, (int)decision->lead.length, decision->lead.bytes,
           treaty_decision_type(decision->kind), shown(decision->from), shown(decision->to),
           shown(decision->name), (int)decision->cause_id.length, decision->cause_id.bytes);
}

/* ---- One, and eight -------------------------------------------------------------------------- */

static treaty_engine *new_engine(const treaty_program *program) {
  treaty_engine_options options = {.future_skew_ms = -1, .history = feed_history(feed)};
  treaty_engine *engine;
  if (treaty_engine_new(program, &options, &engine) != TREATY_OK) abort();
  return engine;
}

static void take(treaty_engine *engine, const feed_event *one, int64_t clock_ms) {
  treaty_refusal refusal;
  if (treaty_engine_event(engine, &one->event, clock_ms, &refusal) != TREATY_OK) abort();
}

static void decide_by_one(const treaty_program *program, lines *lines) {
  treaty_engine *engine = new_engine(program);
  int64_t clock_ms = INT64_MIN;
  for (int i = 0; i < EVENTS; i++) {
    size_t count;
    if (feed[i].event.time_ms > clock_ms) clock_ms = feed[i].event.time_ms;
    take(engine, &feed[i], clock_ms);
    const treaty_decision *decisions = treaty_engine_decisions(engine, &count);
    for (size_t k = 0; k < count; k++) add_decision(lines, &decisions[k], decisions[k].n);
  }
  treaty_engine_free(engine);
}

static void merge(treaty_engine *const *engines, lines *lines) {
  merging merging;
  merging_begin(&merging, engines, PARTS);
  for (const treaty_decision *next; (next = merging_next(&merging));) {
    if (next->seq != lines->seq) lines->n = 0;
    lines->seq = next->seq;
    add_decision(lines, next, ++lines->n);
  }
}

static void decide_by_parts(const treaty_program *program, lines *lines) {
  treaty_engine *engines[PARTS];
  int64_t clock_ms = INT64_MIN;
  for (int p = 0; p < PARTS; p++) engines[p] = new_engine(program);
  for (int i = 0; i < EVENTS; i++) {
    int part = feed[i].account_number % PARTS;
    if (feed[i].event.time_ms > clock_ms) clock_ms = feed[i].event.time_ms;
    take(engines[part], &feed[i], clock_ms);
    for (int p = 0; p < PARTS; p++) {
      if (p != part && treaty_engine_pass(engines[p], clock_ms) != TREATY_OK) abort();
    }
    merge(engines, lines);
  }
  for (int p = 0; p < PARTS; p++) treaty_engine_free(engines[p]);
}

/* ---- The whole ------------------------------------------------------------------------------- */

static bool same(const lines *one, const lines *parts, uint64_t seed) {
  for (size_t i = 0; i < one->count || i < parts->count; i++) {
    const char *a = i < one->count ? one->items[i].text : "nothing",
               *b = i < parts->count ? parts->items[i].text : "nothing";
    if (strcmp(a, b) == 0) continue;
    printf("parted --seed %" PRIu64 " --rules 1 shows it:\none engine:   %s\neight engines: %s\n",
           seed, a, b);
    return false;
  }
  return true;
}

static bool try_rules(const seeds *seeds, uint64_t seed, void *context) {
  size_t *decided = context;
  dice dice = {.state = seed};
  char *text = rules_random(&dice, false);
  treaty_program *program = rules_load(text, true);
  lines one = {0}, parts = {0};
  bool fine = program != NULL;
  if (program) {
    feed_fill(feed, EVENTS, ACCOUNTS, &dice, program);
    decide_by_one(program, &one);
    decide_by_parts(program, &parts);
    fine = same(&one, &parts, seed);
    *decided += one.count;
  }
  free(one.items);
  free(parts.items);
  treaty_program_free(program);
  free(text);
  (void)seeds;
  return fine;
}

int main(int argc, char **argv) {
  seeds seeds = seeds_of(argc, argv, 100);
  size_t decided = 0;
  if (!seeds_try(&seeds, try_rules, &decided)) return 1;
  printf("%zu decisions of %" PRIu64 " rule sets are the same by one engine and by eight\n",
         decided, seeds.rules);
  return decided == 0;
}
