/* slow_text.c - what is asked of texts. A text is its number among the words of the vocabulary;
 * what is alike, and where words begin and end, stands written there. */
#include "slow_past.h"
#include "words.h"

static slow_value is(bool holds) { return known(holds); }

static bool starts(const char *text, const char *start) {
  return strncmp(text, start, strlen(start)) == 0;
}

static bool ends(const char *text, const char *end) {
  size_t length = strlen(text), end_length = strlen(end);
  return end_length <= length && strcmp(text + length - end_length, end) == 0;
}

/* Between blanks, so that an end of a word is a blank. A star is no end: nothing stands for it. */
static bool has_words(const word *text, const word *pattern) {
  char all[64], part[64], *end = part;
  snprintf(all, sizeof all, " %s ", text->words);
  const char *from = pattern->words;
  if (*from == '*')
    from++;
  else
    *end++ = ' ';
  while (*from && *from != '*') *end++ = *from++;
  if (!*from) *end++ = ' ';
  *end = '\0';
  return strstr(all, part) != NULL;
}

static bool has_any_of(const word *text, const tr_exprs *patterns) {
  for (uint32_t i = 0; i < patterns->count; i++) {
    int at = 0;
    while (strcmp(word_patterns[at].text, patterns->items[i]->text) != 0) at++;
    if (has_words(text, &word_patterns[at])) return true;
  }
  return false;
}

static bool is_one_of(const asking *asking, const word *text, const tr_exprs *list) {
  for (uint32_t i = 0; i < list->count; i++) {
    const word *other = &words[slow_ask(asking, list->items[i]).low];
    if (strcmp(text->folded, other->folded) == 0) return true;
  }
  return false;
}

static const tr_exprs *list_of(const slow *slow, const char *name) {
  uint32_t i = 0;
  while (strcmp(slow->tree->lists.items[i]->name.text, name) != 0) i++;
  return &slow->tree->lists.items[i]->values;
}

/* Of patterns there are letters only, which may be tied to an end. */
static bool matches(const char *text, const char *pattern) {
  char letters[64];
  size_t length = strlen(pattern);
  if (*pattern == '^') return starts(text, pattern + 1);
  if (length == 0 || pattern[length - 1] != '$') return strstr(text, pattern) != NULL;
  snprintf(letters, sizeof letters, "%.*s", (int)length - 1, pattern);
  return ends(text, letters);
}

static slow_value ask_two(const tr_expr *expr, const word *text, const word *other) {
  switch (expr->kind) {
    case EXPR_STARTS_WITH: return is(starts(text->folded, other->folded));
    case EXPR_ENDS_WITH: return is(ends(text->folded, other->folded));
    case EXPR_CONTAINS: return is(strstr(text->folded, other->folded) != NULL);
    case EXPR_EXACTLY: return is(text == other);
    default:
      assert(expr->compare == COMPARE_EQ || expr->compare == COMPARE_NE);
      return is((strcmp(text->folded, other->folded) == 0) == (expr->compare == COMPARE_EQ));
  }
}

slow_value slow_ask_text(const asking *asking, const tr_expr *expr) {
  slow_value value = slow_ask(asking, expr->left);
  if (value.known != SLOW_KNOWN) return unknown;
  const word *text = &words[value.low];
  switch (expr->kind) {
    case EXPR_IN: return is(is_one_of(asking, text, &expr->list));
    case EXPR_IN_LIST: return is(is_one_of(asking, text, list_of(asking->slow, expr->name.text)));
    case EXPR_HAS_ANY_OF: return is(has_any_of(text, &expr->list));
    case EXPR_MATCHES: return is(matches(text->text, expr->right->text));
    default: break;
  }
  slow_value other = slow_ask(asking, expr->right);
  return other.known == SLOW_KNOWN ? ask_two(expr, text, &words[other.low]) : unknown;
}
