/* ical.c - lines of an iCalendar file; see ical.h. */
#include "engine/ical.h"

#include <string.h>

#include "engine/limits.h"

static char peek(const tr_ical *ical, uint32_t at) {
  return at < ical->source->length ? ical->source->bytes[at] : '\0';
}

/* Behind the last byte of the line that stands at `from`, without its end. */
static uint32_t line_end(const tr_ical *ical, uint32_t from) {
  const char *bytes = ical->source->bytes;
  const char *found = memchr(bytes + from, '\n', ical->source->length - from);
  uint32_t to = found ? (uint32_t)(found - bytes) : ical->source->length;
  return to > from && bytes[to - 1] == '\r' ? to - 1 : to;
}

static uint32_t next_line(const tr_ical *ical, uint32_t end) {
  if (peek(ical, end) == '\r') end++;
  return end < ical->source->length ? end + 1 : end;
}

static bool is_fold(char first) { return first == ' ' || first == '\t'; }

/* Takes the line with all that it goes on in; `first_end` is where its first part ends. */
static char *unfold(tr_ical *ical, uint32_t *first_end) {
  uint32_t from = ical->at, end = line_end(ical, from), used = 0, behind = next_line(ical, end);
  *first_end = end;
  while (is_fold(peek(ical, behind))) behind = next_line(ical, line_end(ical, behind));
  char *text = tr_arena_alloc(ical->arena, behind - from + 1);
  for (uint32_t at = from; at < behind; at = next_line(ical, end)) {
    uint32_t skip = at > from;
    end = line_end(ical, at);
    memcpy(text + used, ical->source->bytes + at + skip, end - at - skip);
    used += end - at - skip;
  }
  while (used > 0 && is_fold(text[used - 1])) used--;
  text[used] = '\0';
  ical->at = behind;
  return text;
}

/* How long the fold at `at` is, which stands within a letter; 0: there is none. */
static size_t fold_in_letter(const char *bytes, size_t length, size_t at) {
  size_t end = at;
  if (at == 0 || !(bytes[at - 1] & 0x80)) return 0;
  if (end < length && bytes[end] == '\r') end++;
  if (end + 2 >= length || bytes[end] != '\n' || !is_fold(bytes[end + 1])) return 0;
  return ((unsigned char)bytes[end + 2] & 0xC0) == 0x80 ? end + 2 - at : 0;
}

const char *tr_ical_mended(tr_arena *arena, const char *bytes, size_t length) {
  char *mended = tr_arena_copy(arena, bytes, length);
  for (size_t at = 0; at < length; at++) {
    size_t fold = fold_in_letter(bytes, length, at), rest = 0;
    if (fold == 0) continue;
    while (at + fold + rest < length && ((unsigned char)bytes[at + fold + rest] & 0xC0) == 0x80)
      rest++;
    memcpy(mended + at, bytes + at + fold, rest);
    memcpy(mended + at + rest, bytes + at, fold);
    at += fold + rest - 1;
  }
  return mended;
}

static char capital(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

/* Parts `NAME;PARAMETERS:VALUE` at its first signs that stand in no quotes. */
static void part(tr_ical *ical, char *text, tr_ical_line *line) {
  size_t name = strcspn(text, ";:\""), at = name, used = 0;
  char *parameters = tr_arena_alloc(ical->arena, strlen(text) + 1);
  bool quoted = false;
  for (; text[at] && (quoted || text[at] != ':'); at++) {
    if (text[at] == '"')
      quoted = !quoted;
    else if (!quoted)
      parameters[used++] = capital(text[at]);
  }
  line->value = text[at] == ':' ? text + at + 1 : NULL;
  for (size_t i = 0; i < name; i++) text[i] = capital(text[i]);
  text[name] = '\0';
  line->name = text;
  line->parameters = parameters;
}

bool tr_ical_next(tr_ical *ical, tr_ical_line *line) {
  while (ical->at < ical->source->length) {
    uint32_t from = ical->at, first_end;
    char *text = unfold(ical, &first_end);
    if (!text[0]) continue;
    line->span = (tr_span){ical->file, from, first_end};
    part(ical, text, line);
    return true;
  }
  return false;
}

/* ---- Texts ----------------------------------------------------------------------------------- */

static char unescaped(char c) { return c == 'n' || c == 'N' ? ' ' : c; }

const char *tr_ical_text(tr_arena *arena, const char *value) {
  char *text = tr_arena_copy(arena, value, strlen(value));
  size_t used = 0;
  for (size_t i = 0; value[i]; i++) {
    unsigned char c = (unsigned char)value[i];
    if (c == '\\' && value[i + 1])
      text[used++] = unescaped(value[++i]);
    else
      text[used++] = c < ' ' || c == 0x7f ? ' ' : (char)c;
  }
  if (used > TR_HOLIDAY_NAME_BYTES_MAX) {
    used = TR_HOLIDAY_NAME_BYTES_MAX;
    while (used > 0 && ((unsigned char)text[used] & 0xC0) == 0x80) used--; /* no half character */
  }
  text[used] = '\0';
  return text;
}
