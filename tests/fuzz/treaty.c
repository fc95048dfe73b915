/* treaty.c - target: a treaty. Lexer, parser, checker, compiler and prover take the text; what
 * checks runs its tests, and events by dice.
 *
 *   zone "UTC" …                     the main file
 *   # ---- the other file ----       behind this line, if there is one: what `use "NAME"` or
 *   party sales …                    `from "NAME.csv"` names, whatever the name; and if it checks
 *                                    by itself, a treaty that is loaded beside the main file */
#include <assert.h>
#include <string.h>

#include "tests/fuzz/play.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/world.h"

#define OTHER_FILE "# ---- the other file ----\n"

enum { EVENTS = 16 };

static world split(const uint8_t *bytes, size_t length) {
  const char *text = (const char *)bytes;
  size_t mark = strlen(OTHER_FILE);
  const char *other = length ? memmem(text, length, OTHER_FILE, mark) : NULL;
  world world = {.main = {length ? text : "", length}};
  if (other) {
    world.main.length = (size_t)(other - text);
    world.other = (treaty_text){other + mark, length - world.main.length - mark};
  }
  return world;
}

static uint64_t seed_of(const uint8_t *bytes, size_t length) {
  uint64_t seed = length;
  for (size_t i = 0; i < length; i++) seed = seed * 31 + bytes[i];
  return seed;
}

static void run_tests(treaty_program *program) {
  for (size_t i = 0; i < treaty_program_test_count(program); i++) {
    const treaty_test_result *result;
    treaty_status status = treaty_test_run(program, i, &result);
    assert(status == TREATY_OK && result->name);
    for (size_t k = 0; k < result->failure_count; k++) assert(result->failures[k].message[0]);
  }
}

static void load_beside(const world *main, uint64_t seed) {
  world other = {.main = main->other};
  treaty_program *alone = main->other.bytes ? world_load(&other) : NULL,
                 *both = alone ? world_load_beside(main, &other) : NULL;
  if (both) run_tests(both);
  if (both) play_by_dice(both, seed, EVENTS);
  treaty_program_free(both);
  treaty_program_free(alone);
}

void fuzz_treaty(const uint8_t *bytes, size_t length) {
  world world = split(bytes, length);
  treaty_program *program = world_load(&world), *again = NULL;
  if (!program) return;
  again = world_load(&world);
  assert(strcmp(treaty_program_dump(program), treaty_program_dump(again)) == 0);
  treaty_program_free(again);
  run_tests(program);
  play_by_dice(program, seed_of(bytes, length), EVENTS);
  treaty_program_free(program);
  load_beside(&world, seed_of(bytes, length));
}
