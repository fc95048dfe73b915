/* test_logic.c - three-valued logic through the whole engine: criteria over five flags, each true,
 * false or unknown, in all 243 ways, held against a definition that has no Kleene in it (all ways
 * to settle the unknown) or, for formulas that name a flag twice, against Kleene's tables. */
#include "tests/engine/in_memory.h"

#include <stdlib.h>

#define FLAGS    5
#define WAYS     243 /* 3 to the FLAGS */
#define FORMULAS 150
#define SEED     20260301u
#define NOON     INT64_C(1772452800000) /* 2026-03-02 12:00 UTC */

typedef enum truth { NO, YES, OPEN } truth;

typedef struct flags {
  truth of[FLAGS];
} flags;

static flags flags_of(int way) {
  flags flags;
  for (int i = 0; i < FLAGS; i++, way /= 3) flags.of[i] = (truth)(way % 3);
  return flags;
}

static uint64_t next_random(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* ---- The treaty and its leads ---- */

static const char home[] =
    "party desk\n"
    "lead { f0 flag, f1 flag, f2 flag, f3 flag, f4 flag }\n"
    "event ask by buyer { f0 flag, f1 flag, f2 flag, f3 flag, f4 flag }\n"
    "on ask {\n"
    "  set lead.f0 to event.f0  set lead.f1 to event.f1  set lead.f2 to event.f2\n"
    "  set lead.f3 to event.f3  set lead.f4 to event.f4\n"
    "}\n"
    "stages { new owned by desk, opened by (ask)  gone owned by desk, lost }\n"
    "agreement \"A\" version 1 between desk in force from 2026-01-01 {\n"
    "  applies otherwise\n"
    "  move new to gone after 3 days\n"
    "}\n";

typedef struct writer {
  FILE *stream;
  char *text;
  size_t length;
} writer;

static void open_writer(writer *out) {
  out->stream = open_memstream(&out->text, &out->length);
  assert_non_null(out->stream);
  fputs(home, out->stream);
}

static treaty_program *load_written(writer *out) {
  fclose(out->stream);
  treaty_program *program = load_good_text(out->text);
  free(out->text);
  return program;
}

/* One account for each way, named by its number. */
static treaty_engine *engine_with_all_ways(const treaty_program *program) {
  treaty_engine *engine;
  assert_int_equal(treaty_engine_new(program, NULL, &engine), TREATY_OK);
  for (int way = 0; way < WAYS; way++) {
    char account[8];
    sent_event sent;
    treaty_refusal refusal;
    flags flags = flags_of(way);
    snprintf(account, sizeof account, "w%d", way);
    prepare_event(&sent, program, "ask", (uint32_t)way, account, NOON);
    for (uint32_t i = 0; i < FLAGS; i++) {
      if (flags.of[i] != OPEN) set_integer(&sent, i, flags.of[i] == YES);
    }
    assert_int_equal(treaty_engine_event(engine, &sent.event, NOON, &refusal), TREATY_OK);
  }
  return engine;
}

static void expect_state(treaty_engine *engine, int way, const char *criterion, truth expected) {
  static const char *const words[] = {[NO] = "not met", [YES] = "met", [OPEN] = "open"};
  char account[8];
  size_t count;
  snprintf(account, sizeof account, "w%d", way);
  const treaty_lead *lead = treaty_engine_account(engine, text_of(account), &count);
  assert_int_equal(count, 1);
  const char *found = treaty_engine_value(engine, lead, criterion);
  assert_non_null(found);
  if (strcmp(found, words[expected]) == 0) return;
  fail_msg("criterion %s, way %d: expected %s, but it is %s", criterion, way, words[expected],
           found);
}

/* ---- at least N of: over all ways to settle what is unknown ---- */

static truth at_least_by_definition(const flags *flags, int count, int wanted) {
  bool some_yes = false, some_no = false;
  for (int settled = 0; settled < 1 << count; settled++) {
    int yes = 0;
    bool possible = true;
    for (int i = 0; i < count; i++) {
      bool value = settled >> i & 1;
      possible &= flags->of[i] == OPEN || (flags->of[i] == YES) == value;
      yes += value;
    }
    if (!possible) continue;
    if (yes >= wanted)
      some_yes = true;
    else
      some_no = true;
  }
  return some_yes && some_no ? OPEN : some_yes ? YES : NO;
}

static void write_flags(FILE *out, int count, const char *between) {
  for (int i = 0; i < count; i++) fprintf(out, "%slead.f%d", i ? between : "", i);
}

static truth opposite(truth value) { return value == OPEN ? OPEN : value == YES ? NO : YES; }

static void test_at_least_all_and_none(void **state) {
  (void)state;
  writer out;
  open_writer(&out);
  for (int count = 1; count <= FLAGS; count++) {
    for (int wanted = 1; wanted <= count; wanted++) {
      fprintf(out.stream, "criterion least_%d_%d met when at least %d of (", wanted, count, wanted);
      write_flags(out.stream, count, ", ");
      fprintf(out.stream, ")\n");
    }
    fprintf(out.stream, "criterion all_%d met when all of (", count);
    write_flags(out.stream, count, ", ");
    fprintf(out.stream, ")\ncriterion none_%d met when none of (", count);
    write_flags(out.stream, count, ", ");
    fprintf(out.stream, ")\ncriterion and_%d met when ", count);
    write_flags(out.stream, count, " and ");
    fprintf(out.stream, "\ncriterion or_%d met when ", count);
    write_flags(out.stream, count, " or ");
    fprintf(out.stream, "\ncriterion not_or_%d met when not (", count);
    write_flags(out.stream, count, " or ");
    fprintf(out.stream, ")\n");
  }
  treaty_program *program = load_written(&out);
  treaty_engine *engine = engine_with_all_ways(program);
  for (int way = 0; way < WAYS; way++) {
    flags flags = flags_of(way);
    for (int count = 1; count <= FLAGS; count++) {
      char name[24];
      for (int wanted = 1; wanted <= count; wanted++) {
        snprintf(name, sizeof name, "least_%d_%d", wanted, count);
        expect_state(engine, way, name, at_least_by_definition(&flags, count, wanted));
      }
      truth all = at_least_by_definition(&flags, count, count);
      truth any = at_least_by_definition(&flags, count, 1);
      const struct {
        const char *word;
        truth expected;
      } others[] = {{"all", all},
                    {"and", all},
                    {"or", any},
                    {"none", opposite(any)},
                    {"not_or", opposite(any)}};
      for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        snprintf(name, sizeof name, "%s_%d", others[i].word, count);
        expect_state(engine, way, name, others[i].expected);
      }
    }
  }
  treaty_engine_free(engine);
  treaty_program_free(program);
}

/* ---- met and unmet ---- */

static void test_met_and_unmet(void **state) {
  (void)state;
  writer out;
  open_writer(&out);
  fputs("criterion two_sided met when lead.f0 unmet when lead.f1\n", out.stream);
  fputs("criterion asks met when two_sided is open\n", out.stream);
  fputs("criterion told met when lead.f0 is known unmet when lead.f1 is unknown\n", out.stream);
  treaty_program *program = load_written(&out);
  treaty_engine *engine = engine_with_all_ways(program);
  for (int way = 0; way < WAYS; way++) {
    flags flags = flags_of(way);
    truth met = flags.of[0], unmet = flags.of[1];
    truth expected = met == YES && unmet != YES ? YES : met != YES && unmet == YES ? NO : OPEN;
    expect_state(engine, way, "two_sided", expected);
    expect_state(engine, way, "asks", expected == OPEN ? YES : NO);
    bool first = flags.of[0] != OPEN, second = flags.of[1] == OPEN;
    expect_state(engine, way, "told", first == second ? OPEN : first ? YES : NO);
  }
  treaty_engine_free(engine);
  treaty_program_free(program);
}

/* ---- Formulas at random, by Kleene's tables ---- */

typedef enum shape { FLAG, NOT, AND, OR, LEAST } shape;

typedef struct formula {
  shape shape;
  int flag, wanted, count;
  struct formula *parts[3];
} formula;

static formula *make_formula(uint64_t *random, int depth) {
  formula *made = calloc(1, sizeof *made);
  assert_non_null(made);
  made->shape = depth == 0 ? FLAG : (shape)(next_random(random) % 5);
  made->flag = (int)(next_random(random) % FLAGS);
  made->count = made->shape == FLAG  ? 0
                : made->shape == NOT ? 1
                                     : 2 + (int)(next_random(random) % 2);
  for (int i = 0; i < made->count; i++) made->parts[i] = make_formula(random, depth - 1);
  if (made->shape == LEAST) made->wanted = 1 + (int)(next_random(random) % (unsigned)made->count);
  return made;
}

static void free_formula(formula *formula) {
  for (int i = 0; i < formula->count; i++) free_formula(formula->parts[i]);
  free(formula);
}

static void write_formula(FILE *out, const formula *formula) {
  static const char *const between[] = {[NOT] = "", [AND] = " and ", [OR] = " or ", [LEAST] = ", "};
  if (formula->shape == FLAG) {
    fprintf(out, "lead.f%d", formula->flag);
    return;
  }
  if (formula->shape == NOT) fputs("not ", out);
  if (formula->shape == LEAST) fprintf(out, "at least %d of ", formula->wanted);
  for (int i = 0; i < formula->count; i++) {
    fputs(i ? between[formula->shape] : "(", out);
    write_formula(out, formula->parts[i]);
  }
  fputs(")", out);
}

static truth kleene(const formula *formula, const flags *flags) {
  if (formula->shape == FLAG) return flags->of[formula->flag];
  int yes = 0, open = 0;
  for (int i = 0; i < formula->count; i++) {
    truth part = kleene(formula->parts[i], flags);
    yes += part == YES;
    open += part == OPEN;
  }
  if (formula->shape == NOT) return open ? OPEN : yes ? NO : YES;
  int wanted = formula->shape == AND ? formula->count : formula->shape == OR ? 1 : formula->wanted;
  return yes >= wanted ? YES : yes + open < wanted ? NO : OPEN;
}

static void test_formulas_at_random(void **state) {
  (void)state;
  uint64_t random = SEED;
  formula *formulas[FORMULAS];
  writer out;
  print_message("seed %u\n", SEED);
  open_writer(&out);
  for (int i = 0; i < FORMULAS; i++) {
    formulas[i] = make_formula(&random, 4);
    fprintf(out.stream, "criterion c%d met when ", i);
    write_formula(out.stream, formulas[i]);
    fputs("\n", out.stream);
  }
  treaty_program *program = load_written(&out);
  treaty_engine *engine = engine_with_all_ways(program);
  for (int i = 0; i < FORMULAS; i++) {
    char name[8];
    snprintf(name, sizeof name, "c%d", i);
    for (int way = 0; way < WAYS; way += 1 + (int)(next_random(&random) % 5)) {
      flags flags = flags_of(way);
      expect_state(engine, way, name, kleene(formulas[i], &flags));
    }
    free_formula(formulas[i]);
  }
  treaty_engine_free(engine);
  treaty_program_free(program);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_at_least_all_and_none),
      cmocka_unit_test(test_met_and_unmet),
      cmocka_unit_test(test_formulas_at_random),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
