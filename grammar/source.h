/* source.h - the texts of a treaty and places in them.
 *
 * A position is a span of bytes in a file. Lines, columns (in characters) and underlines are worked
 * out only when a person is to read them, and only here. */
#ifndef TR_SOURCE_H
#define TR_SOURCE_H

#include <stdint.h>

#include "grammar/memory.h"
#include "treaty.h"

/* Half-open: [from, to) in bytes of the file with that index. */
typedef struct tr_span {
  uint32_t file, from, to;
} tr_span;

/* Lines are counted from the nearest block on: each clause asks for its own. */
#define TR_SOURCE_BLOCK 4096

typedef struct tr_source {
  const char *path;  /* as people write it: the main file's as given, others joined to it */
  const char *bytes; /* with a NUL behind */
  uint32_t length;
  uint32_t *lines_before; /* ends of lines ahead of each TR_SOURCE_BLOCK bytes */
} tr_source;

typedef struct tr_sources {
  tr_arena *arena; /* owns paths and texts */
  TR_LIST(tr_source) files;
} tr_sources;

/* Copies path and text; gives the file's index. */
uint32_t tr_sources_add(tr_sources *sources, const char *path, const char *bytes, uint32_t length);

/* Line and column, both from 1, of a byte. */
typedef struct tr_position {
  uint32_t line, column;
} tr_position;

tr_position tr_source_position(const tr_source *source, uint32_t offset);

/* Both ends of a span, for whoever loads the treaty. */
treaty_place tr_source_place(const tr_sources *sources, tr_span span);

/* The line that `offset` stands in, without its end. */
const char *tr_source_line(const tr_source *source, uint32_t offset, uint32_t *length);

/* A copy of what the span covers, with runs of white space made one blank: for quoting a condition.
 */
const char *tr_source_quote(const tr_sources *sources, tr_arena *arena, tr_span span);

static inline tr_span tr_span_join(tr_span first, tr_span last) {
  return (tr_span){.file = first.file, .from = first.from, .to = last.to};
}

#endif
