/* csv.c - records of comma separated values; see csv.h. */
#include "engine/csv.h"

#include <string.h>

static bool at_end(const tr_csv *csv) { return csv->at >= csv->source->length; }

static char peek(const tr_csv *csv) { return csv->source->bytes[csv->at]; }

static bool at_line_end(const tr_csv *csv) {
  return at_end(csv) || peek(csv) == '\n' ||
         (peek(csv) == '\r' && csv->source->bytes[csv->at + 1] == '\n');
}

static void skip_line_end(tr_csv *csv) {
  if (!at_end(csv) && peek(csv) == '\r') csv->at++;
  if (!at_end(csv)) csv->at++;
}

static void stop(tr_csv *csv, uint32_t from, uint32_t to, const char *why) {
  csv->wrong = why;
  csv->wrong_span = (tr_span){csv->file, from, to};
}

/* Behind the opening quote; gives the text with each `""` made one. */
static char *quoted_text(tr_csv *csv, uint32_t from) {
  const char *bytes = csv->source->bytes;
  char *text = tr_arena_alloc(csv->arena, 1);
  uint32_t used = 0, first = ++csv->at;
  while (!at_end(csv) && (peek(csv) != '"' || bytes[csv->at + 1] == '"'))
    csv->at += peek(csv) == '"' ? 2 : 1;
  if (at_end(csv)) {
    stop(csv, from, from + 1, "this quote is not ended");
    return text;
  }
  text = tr_arena_alloc(csv->arena, csv->at - first + 1);
  for (uint32_t i = first; i < csv->at; i++) {
    text[used++] = bytes[i];
    if (bytes[i] == '"') i++;
  }
  csv->at++;
  return text;
}

static const char *plain_text(tr_csv *csv, uint32_t from) {
  while (!at_line_end(csv) && peek(csv) != ',' && peek(csv) != '"') csv->at++;
  return tr_arena_copy(csv->arena, csv->source->bytes + from, csv->at - from);
}

static void read_field(tr_csv *csv) {
  uint32_t from = csv->at;
  bool quoted = !at_end(csv) && peek(csv) == '"';
  const char *text = quoted ? quoted_text(csv, from) : plain_text(csv, from);
  if (csv->wrong) return;
  if (!at_line_end(csv) && peek(csv) != ',') {
    stop(csv, csv->at, csv->at + 1,
         quoted ? "a comma or the end of the line should stand behind the quotes"
                : "a field that has a quote in it must stand in quotes, and the quote twice");
    return;
  }
  tr_csv_field field = {.text = text, .span = {csv->file, from, csv->at}, .quoted = quoted};
  TR_PUSH(csv->arena, &csv->row, field);
}

bool tr_csv_next(tr_csv *csv) {
  csv->row.count = 0;
  while (!at_end(csv) && at_line_end(csv)) skip_line_end(csv);
  if (at_end(csv)) return false;
  for (;;) {
    read_field(csv);
    if (csv->wrong) return false;
    if (at_line_end(csv)) break;
    csv->at++;
  }
  skip_line_end(csv);
  return true;
}
