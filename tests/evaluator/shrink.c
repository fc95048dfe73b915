/* shrink.c - see shrink.h. Greedy: from the end to the beginning, again and again, until nothing
 * more can go. What stands behind is left out first, because it uses what stands before it. */
#include "shrink.h"

#include <stdlib.h>
#include <string.h>

typedef struct shrinking {
  char *text;
  shrink_shows *shows;
  void *context;
} shrinking;

/* Puts `other` in place of the bytes between two places, and keeps it so if that shows it. */
static bool try_instead(shrinking *all, size_t from, size_t to, const char *other, size_t length) {
  size_t rest = strlen(all->text) - to;
  char *made = malloc(from + length + rest + 1);
  memcpy(made, all->text, from);
  memcpy(made + from, other, length);
  memcpy(made + from + length, all->text + to, rest + 1);
  bool kept = all->shows(made, all->context);
  if (kept) {
    free(all->text);
    all->text = made;
  } else {
    free(made);
  }
  return kept;
}

/* ---- Lines ----------------------------------------------------------------------------------- */

static size_t line_end(const char *text, size_t from) {
  return from + strcspn(text + from, "\n") + (strchr(text + from, '\n') != NULL);
}

static size_t block_end(const char *text, size_t from) {
  const char *end = strstr(text + from, "\n}\n");
  return end ? (size_t)(end - text) + 3 : line_end(text, from);
}

static bool leave_out_lines(shrinking *all) {
  bool any = false;
  for (size_t at = strlen(all->text); at > 0;) {
    size_t from = at - 1;
    while (from > 0 && all->text[from - 1] != '\n') from--;
    size_t end = line_end(all->text, from);
    bool opens = end >= from + 2 && all->text[end - 2] == '{';
    if (opens) end = block_end(all->text, from);
    any |= try_instead(all, from, end, "", 0);
    at = from;
  }
  return any;
}

/* ---- Conditions ------------------------------------------------------------------------------ */

static size_t closing(const char *text, size_t open) {
  int depth = 0;
  for (size_t at = open; text[at] && text[at] != '\n'; at++) {
    if (text[at] == '(') depth++;
    if (text[at] == ')' && --depth == 0) return at;
  }
  return open;
}

/* How long a word is that parts what stands in parentheses; 0: none stands there. */
static size_t parting(const char *at) {
  static const char *const words[] = {" and ", " or ", ", "};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (strncmp(at, words[i], strlen(words[i])) == 0) return strlen(words[i]);
  }
  return 0;
}

static bool try_part(shrinking *all, size_t from, size_t to, size_t begin, size_t end) {
  char *part = strndup(all->text + begin, end - begin);
  bool kept = try_instead(all, from, to, part, end - begin);
  free(part);
  return kept;
}

/* Of what stands in parentheses only one part, in place of all, with a word before it. */
static bool try_parts(shrinking *all, size_t from, size_t open, size_t close) {
  size_t begin = open + 1;
  int depth = 0;
  for (size_t at = begin; at <= close; at++) {
    size_t part = depth == 0 ? parting(all->text + at) : 0;
    if (at < close && all->text[at] == '(') depth++;
    if (at < close && all->text[at] == ')') depth--;
    if (at < close && !part) continue;
    if (try_part(all, from, close + 1, begin, at)) return true;
    begin = at + part;
  }
  return false;
}

static bool narrow_conditions(shrinking *all) {
  bool any = false;
  for (size_t open = 0; all->text[open]; open++) {
    if (all->text[open] != '(') continue;
    size_t close = closing(all->text, open), from = open;
    if (close == open) continue;
    if (open >= 4 && strncmp(all->text + open - 4, "not ", 4) == 0) from = open - 4;
    if (!try_parts(all, from, open, close)) continue;
    any = true;
    open = from - 1; /* what has come in its place */
  }
  return any;
}

/* ---- What a promotion keeps ------------------------------------------------------------------ */

/* Where one value ends that begins here; those between parentheses are not apart. */
static size_t kept_end(const char *text, size_t from) {
  int depth = 0;
  size_t at = from;
  for (; text[at] != '\n'; at++) {
    if (text[at] == '(') depth++;
    if (text[at] == ')') depth--;
    if (depth == 0 && (text[at] == ',' || strncmp(text + at, " as ", 4) == 0)) break;
  }
  return at;
}

static bool keep_less(shrinking *all) {
  bool any = false;
  const char *line = strstr(all->text, "\n    keep ");
  while (line) {
    size_t first = (size_t)(line - all->text) + strlen("\n    keep "), at = first,
           end = kept_end(all->text, at);
    while (all->text[end] == ',') {
      bool gone = try_instead(all, at, end + 2, "", 0);
      any |= gone;
      if (!gone) at = end + 2;
      end = kept_end(all->text, at);
    }
    if (at > first) any |= try_instead(all, at - 2, end, "", 0);
    line = strstr(all->text + first, "\n    keep ");
  }
  return any;
}

char *shrink_treaty(const char *text, shrink_shows *shows, void *context) {
  shrinking all = {.text = strdup(text), .shows = shows, .context = context};
  for (bool more = true; more;) {
    more = leave_out_lines(&all);
    more |= narrow_conditions(&all);
    more |= keep_less(&all);
  }
  return all.text;
}
