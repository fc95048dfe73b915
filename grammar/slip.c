/* slip.c - what people write who do not know the language yet; see slip.h. */
#include "grammar/slip.h"

#include <stdio.h>
#include <string.h>

#include "grammar/civil.h"
#include "grammar/near.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

typedef struct pair {
  const char *word, *means;
} pair;

#define PAIR_ROW(word, means) {word, means},
static const pair foreign_words[] = {TR_FOREIGN_WORDS(PAIR_ROW)};
static const pair comparing_words[] = {TR_COMPARING_WORDS(PAIR_ROW)};
static const pair foreign_types[] = {TR_FOREIGN_TYPES(PAIR_ROW)};
static const pair currency_slips[] = {TR_CURRENCY_SLIPS(PAIR_ROW)};
#undef PAIR_ROW

static const struct form {
  const char *word, *outside, *inside;
} forms[] = {
#define FORM_ROW(word, outside, inside) {word, outside, inside},
    TR_FORMS(FORM_ROW)
#undef FORM_ROW
};

static const tr_unit_slip unit_slips[] = {
#define UNIT_ROW(word, unit, ms) {word, unit, ms},
    TR_UNIT_SLIPS(UNIT_ROW)
#undef UNIT_ROW
};

static const char *find(const pair *pairs, size_t count, const char *word) {
  for (size_t i = 0; i < count; i++) {
    if (tr_near_same(pairs[i].word, word)) return pairs[i].means;
  }
  return NULL;
}

const char *tr_slip_foreign(const char *word) {
  return find(foreign_words, COUNT_OF(foreign_words), word);
}

const char *tr_slip_type(const char *word) {
  return find(foreign_types, COUNT_OF(foreign_types), word);
}

const char *tr_slip_currency(const char *word) {
  return find(currency_slips, COUNT_OF(currency_slips), word);
}

const tr_unit_slip *tr_slip_unit(const char *word) {
  for (size_t i = 0; i < COUNT_OF(unit_slips); i++) {
    if (tr_near_same(unit_slips[i].word, word)) return &unit_slips[i];
  }
  return NULL;
}

tr_diag *tr_slip_once(tr_parse *parse, tr_habit habit, tr_span span, const char *message,
                      const char *help) {
  if (parse->habits & (1u << habit)) return NULL;
  parse->habits |= 1u << habit;
  return tr_parse_wrong(parse, span, message, help);
}

void tr_slip_range(tr_parse *parse, tr_span span) {
  tr_slip_once(parse, HABIT_RANGE, span, "'-' does not stand for a range",
               "Write 'to', as in 'mon to fri 09:00 to 17:00'.");
}

/* ---- Numbers and dates ----------------------------------------------------------------------- */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

const char *tr_slip_thousands(tr_parse *parse, tr_span span, const char *text) {
  char *digits = tr_arena_alloc(parse->arena, strlen(text) + 1);
  size_t used = 0;
  for (const char *c = text; *c; c++) {
    if (is_digit(*c)) digits[used++] = *c;
  }
  digits[used] = '\0';
  tr_parse_wrong(parse, span, "a number has no marks between its thousands",
                 tr_arena_print(parse->arena, "Write '%s'.", digits));
  return digits;
}

/* Reads up to `most` groups of digits, whatever stands between them; gives how many there are. */
static int read_groups(const char *text, int *groups, int most) {
  int count = 0;
  for (const char *c = text; *c && count < most; count++) {
    while (*c && !is_digit(*c)) c++;
    if (!*c) break;
    groups[count] = 0;
    while (is_digit(*c)) groups[count] = groups[count] * 10 + (*c++ - '0');
  }
  return count;
}

const char *tr_slip_date(tr_parse *parse, tr_span span, const char *text) {
  int group[5];
  int count = read_groups(text, group, 5);
  bool year_first = group[0] > 31, month_first = strchr(text, '/') && group[0] <= 12;
  int year = group[year_first ? 0 : 2];
  int month = group[year_first || !month_first ? 1 : 0];
  int day = group[year_first ? 2 : month_first ? 1 : 0];
  const char *date = tr_arena_print(parse->arena, "%04d-%02d-%02d", year, month, day);
  int64_t days;
  if (!tr_parse_date(date, strlen(date), &days)) {
    tr_report(parse->diags, DIAG_NO_SUCH_TIME, span, "there is no date %s", text);
    return NULL;
  }
  if (count > 3) date = tr_arena_print(parse->arena, "%s %02d:%02d", date, group[3], group[4]);
  tr_slip_once(parse, HABIT_DATE, span,
               count > 3 ? "a date and time is written as year-month-day hour:minute"
                         : "a date is written as year-month-day",
               tr_arena_print(parse->arena, "Write '%s'%s.", date,
                              month_first && group[1] <= 12 ? ", if that is the day" : ""));
  return date;
}

/* ---- Help for a syntax error ----------------------------------------------------------------- */

static bool is_word_byte(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (unsigned char)c >= 0x80;
}

static const char *quote(const tr_parse *parse, const char *from, const char *to) {
  return tr_arena_copy(parse->arena, from, (size_t)(to - from));
}

/* `web.form-sent`: the whole run of words and hyphens around a hyphen that touches both. */
static const char *hyphen_help(const tr_parse *parse, const tr_source *source, const char *at) {
  const char *from = at, *to = at, *end = source->bytes + source->length;
  while (from > source->bytes && (is_word_byte(from[-1]) || from[-1] == '-')) from--;
  while (to < end && (is_word_byte(*to) || *to == '-')) to++;
  const char *hyphen = memchr(from, '-', (size_t)(to - from));
  if (!hyphen || hyphen == from || hyphen + 1 == to || is_digit(*from)) return NULL;
  char *name = tr_arena_alloc(parse->arena, (size_t)(to - from) + 1);
  for (const char *c = from; c < to; c++) name[c - from] = *c == '-' ? '_' : *c;
  name[to - from] = '\0';
  return tr_arena_print(parse->arena, "A name has no '-': write '%s', or an id as \"%s\".", name,
                        quote(parse, from, to));
}

/* `25,000 EUR` */
static const char *thousands_help(const tr_parse *parse, const tr_source *source, const char *at) {
  const char *end = source->bytes + source->length;
  const char *comma = at > source->bytes && at[-1] == ',' ? at - 1 : at;
  if (comma == source->bytes || end - comma < 4 || *comma != ',') return NULL;
  if (!is_digit(comma[-1]) || !is_digit(comma[1]) || !is_digit(comma[2]) || !is_digit(comma[3]) ||
      is_digit(comma[4]))
    return NULL;
  const char *from = comma;
  while (from > source->bytes && is_digit(from[-1])) from--;
  return tr_arena_print(parse->arena, "A number has no marks between its thousands: write '%s%s'.",
                        quote(parse, from, comma), quote(parse, comma + 1, comma + 4));
}

const char *tr_slip_help(const tr_parse *parse, tr_span found, bool compares) {
  const tr_source *source = &parse->diags->sources.files.items[parse->file];
  const char *at = source->bytes + found.from;
  const char *help = thousands_help(parse, source, at);
  if (!help) help = hyphen_help(parse, source, at);
  const char *word = quote(parse, at, source->bytes + found.to);
  if (!help) help = tr_slip_foreign(word);
  if (!help && compares) help = find(comparing_words, COUNT_OF(comparing_words), word);
  /* `is not equal 5`, `per 7 days`: the value comes behind the word that it cannot stand behind */
  const char *before = is_digit(*at) || *at == '"' ? parse->token_before.text : NULL;
  if (!help && before) help = find(comparing_words, COUNT_OF(comparing_words), before);
  if (!help && before) help = tr_slip_foreign(before);
  return help;
}

const char *tr_slip_form(const tr_parse *parse, tr_span found) {
  const tr_source *source = &parse->diags->sources.files.items[parse->file];
  uint32_t at = parse->token_starts_line && found.from == parse->token_span.from &&
                        parse->token_before_span.to > 0
                    ? parse->token_before_span.from /* what was begun there does not go on so */
                    : found.from;
  uint32_t length;
  const char *line = tr_source_line(source, at, &length), *word = line;
  while (*word == ' ' || *word == '\t') word++;
  bool margin = word == line;
  size_t size = 0;
  while (is_word_byte(word[size])) size++;
  for (size_t i = 0; i < COUNT_OF(forms); i++) {
    const char *form = margin ? forms[i].outside : forms[i].inside;
    if (strlen(forms[i].word) != size || memcmp(forms[i].word, word, size) != 0) continue;
    return form ? tr_arena_print(parse->arena, "The form is '%s'.", form) : NULL;
  }
  return NULL;
}
