/* source.c - see source.h. */
#include "grammar/source.h"

#include <assert.h>
#include <string.h>

static void count_lines(tr_arena *arena, tr_source *source) {
  uint32_t lines = 0;
  source->lines_before = TR_NEW_ARRAY(arena, uint32_t, source->length / TR_SOURCE_BLOCK + 1);
  for (uint32_t i = 0; i <= source->length; i++) {
    if (i % TR_SOURCE_BLOCK == 0) source->lines_before[i / TR_SOURCE_BLOCK] = lines;
    lines += source->bytes[i] == '\n';
  }
}

uint32_t tr_sources_add(tr_sources *sources, const char *path, const char *bytes, uint32_t length) {
  tr_source source = {.path = tr_arena_copy(sources->arena, path, strlen(path)),
                      .bytes = tr_arena_copy(sources->arena, bytes, length),
                      .length = length};
  count_lines(sources->arena, &source);
  TR_PUSH(sources->arena, &sources->files, source);
  return sources->files.count - 1;
}

static bool starts_character(char byte) { return ((unsigned char)byte & 0xC0) != 0x80; }

tr_position tr_source_position(const tr_source *source, uint32_t offset) {
  assert(offset <= source->length);
  uint32_t block = offset / TR_SOURCE_BLOCK;
  tr_position at = {.line = 1 + source->lines_before[block], .column = 1};
  for (uint32_t i = block * TR_SOURCE_BLOCK; i < offset; i++) at.line += source->bytes[i] == '\n';
  for (uint32_t i = offset; i > 0 && source->bytes[i - 1] != '\n'; i--)
    at.column += starts_character(source->bytes[i - 1]);
  return at;
}

treaty_place tr_source_place(const tr_sources *sources, tr_span span) {
  const tr_source *source = &sources->files.items[span.file];
  tr_position from = tr_source_position(source, span.from),
              to = tr_source_position(source, span.to);
  return (treaty_place){.file = source->path,
                        .line = from.line,
                        .column = from.column,
                        .end_line = to.line,
                        .end_column = to.column};
}

const char *tr_source_line(const tr_source *source, uint32_t offset, uint32_t *length) {
  uint32_t from = offset < source->length ? offset : source->length;
  while (from > 0 && source->bytes[from - 1] != '\n') from--;
  uint32_t to = from;
  while (to < source->length && source->bytes[to] != '\n') to++;
  if (to > from && source->bytes[to - 1] == '\r') to--;
  *length = to - from;
  return source->bytes + from;
}

static bool is_space(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

const char *tr_source_quote(const tr_sources *sources, tr_arena *arena, tr_span span) {
  const tr_source *source = &sources->files.items[span.file];
  char *text = tr_arena_alloc(arena, (size_t)(span.to - span.from) + 1);
  size_t used = 0;
  bool in_text = false;
  for (uint32_t i = span.from; i < span.to; i++) {
    char byte = source->bytes[i];
    if (byte == '"') in_text = !in_text;
    if (byte == '#' && !in_text) {
      while (i < span.to && source->bytes[i] != '\n') i++;
      byte = '\n';
    }
    if (is_space(byte) && !in_text) {
      if (used > 0 && text[used - 1] != ' ') text[used++] = ' ';
    } else {
      text[used++] = byte;
    }
  }
  while (used > 0 && text[used - 1] == ' ') used--;
  text[used] = '\0';
  return text;
}
