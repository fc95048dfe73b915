/* seeds.c - see seeds.h. */
#include "seeds.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TOLD_EVERY_S 10

static uint64_t number_option(int argc, char **argv, const char *name, uint64_t otherwise) {
  for (int i = 1; i + 1 < argc; i++) {
    if (strcmp(argv[i], name) == 0) return strtoull(argv[i + 1], NULL, 10);
  }
  return otherwise;
}

seeds seeds_of(int argc, char **argv, uint64_t rules) {
  return (seeds){.first = number_option(argc, argv, "--seed", 1),
                 .rules = number_option(argc, argv, "--rules", rules),
                 .histories = (int)number_option(argc, argv, "--histories", 10)};
}

bool seeds_try(const seeds *seeds, seeds_attempt *attempt, void *context) {
  time_t began = time(NULL), told = began;
  for (uint64_t i = 0; i < seeds->rules; i++) {
    time_t now = time(NULL);
    if (now - told >= TOLD_EVERY_S) {
      fprintf(stderr, "%" PRIu64 " of %" PRIu64 " rule sets, %ld s\n", i, seeds->rules,
              (long)(now - began));
      told = now;
    }
    if (!attempt(seeds, seeds->first + i, context)) return false;
  }
  return true;
}
