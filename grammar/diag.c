/* diag.c - keeping findings and showing them; see diag.h.
 *
 *   FILE:LINE:COLUMN: error: MESSAGE
 *      64 |   when employes >= 250   add 20
 *         |        ^^^^^^^^ LABEL
 *      12 |   employees whole number
 *         |   ~~~~~~~~~ LABEL OF A RELATED PLACE
 *   help: HELP */
#include "grammar/diag.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beyond this the first findings have to be mended before more would help. */
#define TR_DIAGS_MAX 100

static const struct {
  const char *word;
  treaty_severity severity;
  const char *page;
} codes[] = {
#define TR_DIAG_ROW(name, word, severity, page) {word, TREATY_##severity, page},
    TR_DIAG_CODES(TR_DIAG_ROW)
#undef TR_DIAG_ROW
};

const char *treaty_diag_help(const char *code) {
  for (size_t i = 0; i < DIAG_COUNT; i++) {
    if (strcmp(codes[i].word, code) == 0) return codes[i].page;
  }
  return NULL;
}

static const char *print(tr_arena *arena, const char *format, va_list values) {
  va_list again;
  va_copy(again, values);
  int length = vsnprintf(NULL, 0, format, values);
  assert(length >= 0);
  char *text = tr_arena_alloc(arena, (size_t)length + 1);
  vsnprintf(text, (size_t)length + 1, format, again);
  va_end(again);
  return text;
}

tr_diag *tr_report(tr_diags *diags, tr_diag_code code, tr_span span, const char *format, ...) {
  tr_diag *diag = TR_NEW(&diags->arena, tr_diag);
  diag->code = code;
  diag->span = span;
  diag->arena = &diags->arena;
  va_list values;
  va_start(values, format);
  diag->message = print(&diags->arena, format, values);
  va_end(values);
  if (codes[code].severity == TREATY_ERROR) diags->error_count++;
  size_t *kept = &diags->kept_count[codes[code].severity];
  if (*kept >= TR_DIAGS_MAX) return diag;
  TR_PUSH(&diags->arena, &diags->found, diag);
  *kept += 1;
  return diag;
}

bool tr_diags_is_full(const tr_diags *diags) {
  return diags->kept_count[TREATY_ERROR] >= TR_DIAGS_MAX;
}

void tr_diag_help(tr_diag *diag, const char *format, ...) {
  va_list values;
  va_start(values, format);
  diag->help = print(diag->arena, format, values);
  va_end(values);
}

void tr_diag_related(tr_diag *diag, tr_span span, const char *format, ...) {
  va_list values;
  va_start(values, format);
  tr_related related = {.span = span, .label = print(diag->arena, format, values)};
  va_end(values);
  TR_PUSH(diag->arena, &diag->related, related);
}

static bool was_said(const tr_diags *diags, uint32_t before, const tr_diag *diag) {
  for (uint32_t i = 0; i < before; i++) {
    const tr_diag *said = diags->found.items[i];
    if (said->code == diag->code && memcmp(&said->span, &diag->span, sizeof said->span) == 0 &&
        strcmp(said->message, diag->message) == 0)
      return true;
  }
  return false;
}

void tr_diags_drop_repeats(tr_diags *diags, uint32_t from) {
  uint32_t kept = from;
  for (uint32_t i = from; i < diags->found.count; i++) {
    tr_diag *diag = diags->found.items[i];
    if (!was_said(diags, kept, diag)) {
      diags->found.items[kept++] = diag;
      continue;
    }
    diags->kept_count[codes[diag->code].severity]--;
    if (codes[diag->code].severity == TREATY_ERROR) diags->error_count--;
  }
  diags->found.count = kept;
}

void tr_diags_drop(tr_diags *diags, const tr_diag *said) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < diags->found.count; i++) {
    tr_diag *diag = diags->found.items[i];
    if (diag != said) diags->found.items[kept++] = diag;
  }
  if (kept == diags->found.count) return;
  diags->found.count = kept;
  diags->kept_count[codes[said->code].severity]--;
  diags->error_count -= codes[said->code].severity == TREATY_ERROR;
}

void tr_diags_drop_warnings(tr_diags *diags) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < diags->found.count; i++) {
    tr_diag *diag = diags->found.items[i];
    if (codes[diag->code].severity == TREATY_ERROR) diags->found.items[kept++] = diag;
  }
  diags->found.count = kept;
  diags->kept_count[TREATY_WARNING] = 0;
}

static int by_place(const void *a, const void *b) {
  const tr_diag *left = *(tr_diag *const *)a, *right = *(tr_diag *const *)b;
  if (left->span.file != right->span.file) return left->span.file < right->span.file ? -1 : 1;
  if (left->span.from != right->span.from) return left->span.from < right->span.from ? -1 : 1;
  return (int)left->code - (int)right->code;
}

void tr_diags_sort(tr_diags *diags) {
  if (diags->found.count > 1) {
    qsort(diags->found.items, diags->found.count, sizeof *diags->found.items, by_place);
  }
}

size_t treaty_diags_count(const treaty_diags *diags) { return diags->found.count; }

size_t treaty_diags_error_count(const treaty_diags *diags) { return diags->error_count; }

static treaty_place place_of(const tr_diags *diags, tr_span span, const char *label) {
  treaty_place place = tr_source_place(&diags->sources, span);
  place.label = label;
  return place;
}

static const treaty_diag *show(tr_diags *diags, const tr_diag *diag) {
  treaty_place *related = TR_NEW_ARRAY(&diags->arena, treaty_place, diag->related.count + 1);
  for (uint32_t i = 0; i < diag->related.count; i++) {
    related[i] = place_of(diags, diag->related.items[i].span, diag->related.items[i].label);
  }
  diags->shown = (treaty_diag){.severity = codes[diag->code].severity,
                               .code = codes[diag->code].word,
                               .message = diag->message,
                               .help = diag->help,
                               .place = place_of(diags, diag->span, NULL),
                               .related = related,
                               .related_count = diag->related.count};
  return &diags->shown;
}

const treaty_diag *treaty_diags_at(treaty_diags *diags, size_t index) {
  jmp_buf on_failure;
  diags->memory.on_failure = &on_failure;
  if (setjmp(on_failure) != 0) return NULL;
  const treaty_diag *shown = show(diags, diags->found.items[index]);
  diags->memory.on_failure = NULL;
  return shown;
}

typedef struct writer {
  char *bytes; /* NULL while only counting */
  size_t length;
} writer;

static void put(writer *out, const char *bytes, size_t length) {
  if (out->bytes) memcpy(out->bytes + out->length, bytes, length);
  out->length += length;
}

static void put_text(writer *out, const char *text) { put(out, text, strlen(text)); }

static void put_colour(writer *out, bool colour, const char *code) {
  if (colour) put_text(out, code);
}

#define RED    "\033[1;31m"
#define YELLOW "\033[1;33m"
#define CYAN   "\033[36m"
#define BOLD   "\033[1m"
#define PLAIN  "\033[0m"

/* The line number column is as wide as five digits: treaties are read, not generated by the million
 * lines. */
static bool is_control(char byte) { return (unsigned char)byte < ' ' || byte == 127; }

static void put_source_line(writer *out, const tr_source *source, tr_span span) {
  char number[32];
  tr_position from = tr_source_position(source, span.from);
  uint32_t length;
  const char *line = tr_source_line(source, span.from, &length);
  snprintf(number, sizeof number, "%5u | ", from.line);
  put_text(out, number);
  for (uint32_t i = 0; i < length; i++) put(out, is_control(line[i]) ? " " : &line[i], 1);
  put_text(out, "\n");
}

static void put_underline(writer *out, const tr_source *source, tr_span span, char mark,
                          const char *label) {
  tr_position from = tr_source_position(source, span.from),
              to = tr_source_position(source, span.to);
  uint32_t length;
  const char *line = tr_source_line(source, span.from, &length);
  tr_position end = tr_source_position(source, (uint32_t)(line - source->bytes) + length);
  uint32_t last = to.line == from.line ? to.column : end.column;
  put_text(out, "      | ");
  for (uint32_t i = 1; i < from.column; i++) put_text(out, " ");
  for (uint32_t i = from.column; i < last || i == from.column; i++) put(out, &mark, 1);
  if (label) {
    put_text(out, " ");
    put_text(out, label);
  }
  put_text(out, "\n");
}

static void put_place(writer *out, const tr_diags *diags, tr_span span, char mark,
                      const char *label, bool colour) {
  const tr_source *source = &diags->sources.files.items[span.file];
  put_source_line(out, source, span);
  put_colour(out, colour, mark == '^' ? RED : CYAN);
  put_underline(out, source, span, mark, label);
  put_colour(out, colour, PLAIN);
}

static void put_related(writer *out, const tr_diags *diags, const tr_diag *diag, bool colour) {
  for (uint32_t i = 0; i < diag->related.count; i++) {
    const tr_related *related = &diag->related.items[i];
    if (related->span.file != diag->span.file) {
      const tr_source *source = &diags->sources.files.items[related->span.file];
      tr_position at = tr_source_position(source, related->span.from);
      char number[64];
      snprintf(number, sizeof number, ":%u:%u:\n", at.line, at.column);
      put_text(out, "  ");
      put_text(out, source->path);
      put_text(out, number);
    }
    put_place(out, diags, related->span, '~', related->label, colour);
  }
}

static void put_diag(writer *out, const tr_diags *diags, const tr_diag *diag, bool colour) {
  const tr_source *source = &diags->sources.files.items[diag->span.file];
  bool error = codes[diag->code].severity == TREATY_ERROR;
  tr_position at = tr_source_position(source, diag->span.from);
  char number[64];
  put_colour(out, colour, BOLD);
  put_text(out, source->path);
  snprintf(number, sizeof number, ":%u:%u: ", at.line, at.column);
  put_text(out, number);
  put_colour(out, colour, error ? RED : YELLOW);
  put_text(out, error ? "error: " : "warning: ");
  put_colour(out, colour, PLAIN);
  put_text(out, diag->message);
  put_text(out, "\n");
  put_place(out, diags, diag->span, '^', NULL, colour);
  put_related(out, diags, diag, colour);
  if (diag->help) {
    put_text(out, "help: ");
    put_text(out, diag->help);
    put_text(out, "\n");
  }
}

const char *treaty_diags_text(treaty_diags *diags, size_t index, bool colour) {
  jmp_buf on_failure;
  writer count = {0};
  put_diag(&count, diags, diags->found.items[index], colour);
  diags->memory.on_failure = &on_failure;
  if (setjmp(on_failure) != 0) return NULL;
  writer out = {.bytes = tr_arena_alloc(&diags->arena, count.length + 1)};
  put_diag(&out, diags, diags->found.items[index], colour);
  diags->memory.on_failure = NULL;
  assert(out.length == count.length);
  return out.bytes;
}

void treaty_diags_free(treaty_diags *diags) {
  if (!diags) return;
  tr_memory_close(&diags->memory);
  tr_memory_object_free(diags);
}
