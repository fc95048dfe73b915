/* smoke.c - every target for a few seconds, in any build: inputs of the corpus, changed by dice.
 *
 *   smoke CORPUS [TARGET] [--seed N] [--inputs N]
 *   smoke --input TARGET FILE...
 *
 * CORPUS holds a folder for each target (corpus.py). A target runs in a process of its own, which
 * takes an input from memory that both share: when it dies of one, or does not come to an end, the
 * input is at hand. It is stored and the line told that repeats it. */
#include <assert.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/evaluator/dice.h"
#include "tests/fuzz/targets.h"

#define INPUT_BYTES_MAX ((size_t)1 << 16)

/* Of one input. The machine may be busy, and the sanitizers are slow. */
enum { SECONDS_MAX = 60 };

typedef struct input {
  size_t length;
  uint8_t bytes[INPUT_BYTES_MAX];
} input;

static void fail(const char *what, const char *which) {
  fprintf(stderr, "smoke: %s '%s'\n", what, which);
  exit(2);
}

/* ---- The corpus ------------------------------------------------------------------------------ */

/* What is longer is cut. */
static void read_input(const char *path, input *input) {
  FILE *file = fopen(path, "rb");
  if (!file) fail("could not read", path);
  input->length = fread(input->bytes, 1, sizeof input->bytes, file);
  fclose(file);
}

static int is_file(const struct dirent *entry) { return entry->d_name[0] != '.'; }

typedef struct corpus {
  char folder[4096];
  struct dirent **names; /* in order: a seed picks the same ones on every machine */
  int count;
} corpus;

static corpus open_corpus(const char *folder, const char *target) {
  corpus corpus;
  snprintf(corpus.folder, sizeof corpus.folder, "%s/%s", folder, target);
  corpus.count = scandir(corpus.folder, &corpus.names, is_file, alphasort);
  if (corpus.count <= 0) fail("there is no corpus in", corpus.folder);
  return corpus;
}

static void close_corpus(corpus *corpus) {
  for (int i = 0; i < corpus->count; i++) free(corpus->names[i]);
  free(corpus->names);
}

static void pick(const corpus *corpus, dice *dice, input *input) {
  char path[4096 + 512];
  const char *name = corpus->names[dice_roll(dice, corpus->count)]->d_name;
  snprintf(path, sizeof path, "%s/%s", corpus->folder, name);
  read_input(path, input);
}

/* ---- Changes --------------------------------------------------------------------------------- */

static size_t place_in(const input *input, dice *dice) {
  return (size_t)dice_roll(dice, (int)input->length + 1);
}

/* Mostly short: a word, a line; now and then a good part of it. */
static size_t piece_from(const input *input, size_t from, dice *dice) {
  int most = dice_one_in(dice, 8) ? 2000 : 24;
  size_t length = 1 + (size_t)dice_roll(dice, most);
  return length > input->length - from ? input->length - from : length;
}

static void put_in(input *input, size_t at, const uint8_t *bytes, size_t length) {
  if (length > INPUT_BYTES_MAX - input->length) return;
  memmove(input->bytes + at + length, input->bytes + at, input->length - at);
  memcpy(input->bytes + at, bytes, length);
  input->length += length;
}

static void take_out(input *input, size_t from, size_t length) {
  memmove(input->bytes + from, input->bytes + from + length, input->length - from - length);
  input->length -= length;
}

static void change_byte(input *input, dice *dice) {
  if (input->length == 0) return;
  uint8_t *byte = &input->bytes[dice_roll(dice, (int)input->length)];
  switch (dice_roll(dice, 3)) {
    case 0: *byte ^= (uint8_t)(1 << dice_roll(dice, 8)); return;
    case 1: *byte = (uint8_t)dice_roll(dice, 256); return;
    default: *byte = (uint8_t) "{}()\"\n\\ .,:0195-#"[dice_roll(dice, 17)]; return;
  }
}

/* A piece of another input, which is how words of the language get where they do not belong. */
static void splice(input *input, const struct input *other, dice *dice) {
  size_t from = place_in(other, dice), at = place_in(input, dice);
  put_in(input, at, other->bytes + from, piece_from(other, from, dice));
}

static void repeat_piece(input *input, dice *dice) {
  uint8_t piece[2048];
  size_t from = place_in(input, dice), length = piece_from(input, from, dice);
  memcpy(piece, input->bytes + from, length);
  for (int times = dice_one_in(dice, 8) ? 20 : 1; times > 0; times--)
    put_in(input, from, piece, length);
}

static void change(input *input, const struct input *other, dice *dice) {
  size_t from;
  switch (dice_roll(dice, 8)) {
    case 0:
      from = place_in(input, dice);
      take_out(input, from, piece_from(input, from, dice));
      return;
    case 1: repeat_piece(input, dice); return;
    case 2:
    case 3:
    case 4: splice(input, other, dice); return;
    case 5:
      if (dice_one_in(dice, 4)) input->length = place_in(input, dice); /* cut off */
      return;
    default: change_byte(input, dice); return;
  }
}

static void make_input(const corpus *corpus, uint64_t seed, input *input) {
  static struct input other;
  dice dice = {.state = seed};
  dice.state = dice_next(&dice); /* neighbours have nothing in common */
  pick(corpus, &dice, input);
  pick(corpus, &dice, &other);
  for (int changes = dice_roll(&dice, 5); changes > 0; changes--) change(input, &other, &dice);
}

/* ---- Runs ------------------------------------------------------------------------------------ */

/* From a room of just its size, so that the sanitizer sees a step too far. */
static void run_input(const fuzz_target *target, const input *input) {
  uint8_t *bytes = malloc(input->length ? input->length : 1);
  assert(bytes);
  memcpy(bytes, input->bytes, input->length);
  alarm(SECONDS_MAX);
  target->run(bytes, input->length);
  alarm(0);
  free(bytes);
}

static void run_inputs(const fuzz_target *target, const corpus *corpus, uint64_t seed, int inputs,
                       input *shared) {
  for (int i = 0; i < inputs; i++) {
    make_input(corpus, seed + (uint64_t)i, shared);
    run_input(target, shared);
  }
}

static void store_find(const char *folder, const fuzz_target *target, const input *input,
                       int status) {
  char path[4096];
  snprintf(path, sizeof path, "%s/../find-%s", folder, target->name);
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(input->bytes, 1, input->length, file) != input->length || fclose(file) != 0)
    fail("could not write", path);
  bool slow = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
  printf("%s: an input %s; smoke --input %s %s shows it\n", target->name,
         slow ? "came to no end" : "broke it", target->name, path);
}

static bool smoke(const char *folder, const fuzz_target *target, uint64_t seed, int inputs) {
  input *shared =
      mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  corpus corpus = open_corpus(folder, target->name);
  int status = 0;
  assert(shared != MAP_FAILED);
  fflush(stdout);
  pid_t child = fork();
  assert(child >= 0);
  if (child == 0) {
    run_inputs(target, &corpus, seed, inputs, shared);
    close_corpus(&corpus);
    exit(0);
  }
  pid_t ended = waitpid(child, &status, 0);
  bool fine = ended == child && status == 0;
  if (fine)
    printf("%s: %d inputs\n", target->name, inputs);
  else
    store_find(folder, target, shared, status);
  close_corpus(&corpus);
  munmap(shared, sizeof *shared);
  return fine;
}

/* ---- The command line ------------------------------------------------------------------------ */

static const fuzz_target *find_target(const char *name) {
  for (size_t i = 0; i < FUZZ_TARGET_COUNT; i++)
    if (strcmp(fuzz_targets[i].name, name) == 0) return &fuzz_targets[i];
  fail("there is no target", name);
  return NULL;
}

static int run_files(const fuzz_target *target, char **paths, int count) {
  static input input;
  for (int i = 0; i < count; i++) {
    read_input(paths[i], &input);
    run_input(target, &input);
  }
  printf("%s: %d %s\n", target->name, count, count == 1 ? "file" : "files");
  return 0;
}

int main(int argc, char **argv) {
  const fuzz_target *only = NULL;
  uint64_t seed = 1;
  int inputs = 0, found = 0;
  if (argc < 2) fail("which corpus?", "smoke CORPUS [TARGET] [--seed N] [--inputs N]");
  if (strcmp(argv[1], "--input") == 0 && argc > 3)
    return run_files(find_target(argv[2]), argv + 3, argc - 3);
  for (int i = 2; i < argc; i++) {
    if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
      seed = strtoull(argv[++i], NULL, 10);
    else if (strcmp(argv[i], "--inputs") == 0 && i + 1 < argc)
      inputs = (int)strtol(argv[++i], NULL, 10);
    else
      only = find_target(argv[i]);
  }
  printf("seeds from %" PRIu64 "\n", seed);
  for (size_t i = 0; i < FUZZ_TARGET_COUNT; i++) {
    const fuzz_target *target = &fuzz_targets[i];
    if (only && only != target) continue;
    found += !smoke(argv[1], target, seed, inputs > 0 ? inputs : target->smoke_inputs);
  }
  return found > 0;
}
