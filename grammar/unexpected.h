/* unexpected.h - what is said where something else was expected: which words could stand there, and
 * what the nearest form of the language is. Part of parser.y, which alone includes it: it needs the
 * numbers that the parser gives to its symbols. */
#ifndef TR_UNEXPECTED_H
#define TR_UNEXPECTED_H

/* How many alternatives are worth reading. */
#define EXPECTED_MAX 7

/* A soft word is one alternative among many where a name may stand: "a name" says it all. */
static bool is_soft(int symbol) { return symbol >= YYSYMBOL_ABOUT && symbol <= YYSYMBOL_ZONE; }

static bool is_word(int symbol) { return symbol >= YYSYMBOL_ABSENT && symbol <= YYSYMBOL_ZONE; }

/* What can stand where the error is. */
typedef struct expected_symbols {
  yysymbol_kind_t all[YYNTOKENS];
  int count;
  bool at[YYNTOKENS];
} expected_symbols;

/* Not so are signs that stand only in known errors, and the dot that could lengthen any name. */
static bool worth_saying(const expected_symbols *expected, int symbol) {
  if (symbol == YYTRANSLATE('-') && expected->at[YYSYMBOL_TO]) return false;
  if (symbol == YYTRANSLATE('.')) return expected->count == 1;
  switch (symbol) {
    case YYSYMBOL_BUSINESS_DAYS:
    case YYSYMBOL_RECOVER:
    case YYSYMBOL_YYerror:
    case YYSYMBOL_FAT_ARROW:
    case YYSYMBOL_DASH:
    case YYSYMBOL_NOT_EQUAL: return false;
    case YYSYMBOL_UNIT:
    case YYSYMBOL_WEEKDAY:
    case YYSYMBOL_CURRENCY: return !expected->at[YYSYMBOL_NAME];
    default: return !is_soft(symbol) || !expected->at[YYSYMBOL_NAME];
  }
}

static const char *symbol_text(tr_arena *arena, int symbol) {
  const char *name = yysymbol_name((yysymbol_kind_t)symbol);
  if (is_word(symbol)) return tr_arena_print(arena, "'%s'", name);
  if (symbol == YYSYMBOL_YYEOF) return "the end of the file";
  return name;
}

/* A place where a line of a block begins, by a word that can begin one: to name them all would say
 * less. */
static const struct place {
  int opener;
  const char *what, *help;
} places[] = {
    {YYSYMBOL_AGREEMENT, "a declaration",
     "A declaration begins with a word like 'event', 'signal', 'stages' or 'agreement'."},
    {YYSYMBOL_PROMOTE, "a clause", "A clause begins with 'promote', 'hand' or 'move'."},
    {YYSYMBOL_EXPECT, "a line of a test",
     "A line of a test begins with 'account', 'send', 'after', 'at' or 'expect'."},
    {YYSYMBOL_HALVES, "a line of a score",
     "A line of a score begins with 'on', 'when' or 'halves'."},
    {YYSYMBOL_FORGET, "an action", "An action begins with 'set', 'add' or 'remove'."},
};

static const struct place *place_of(const tr_parse *parse, const expected_symbols *expected) {
  if (!parse->token_starts_line || expected->at[YYSYMBOL_NUMBER_VALUE]) return NULL;
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    bool is_name = is_soft(places[i].opener) && expected->at[YYSYMBOL_NAME];
    if (expected->at[places[i].opener] && !is_name) return &places[i];
  }
  return NULL;
}

static const char *say_expected(tr_parse *parse, const expected_symbols *expected) {
  tr_arena *arena = parse->arena;
  const char *list = "";
  int said = 0, last = -1;
  if (expected->at[YYSYMBOL_NUMBER_VALUE] && expected->at[YYSYMBOL_STRING]) return "a value";
  for (int i = 0; i < expected->count; i++) {
    if (!worth_saying(expected, expected->all[i])) continue;
    if (last >= 0) {
      list = said == 1 ? symbol_text(arena, last)
                       : tr_arena_print(arena, "%s, %s", list, symbol_text(arena, last));
    }
    last = expected->all[i];
    said++;
  }
  if (said == 1) return symbol_text(arena, last);
  if (said == 0 || said > EXPECTED_MAX) return NULL;
  return tr_arena_print(arena, "%s or %s", list, symbol_text(arena, last));
}

/* The word of the language that was probably meant. */
static const char *near_keyword(const expected_symbols *expected, const char *found) {
  const char *names[YYNTOKENS + 32];
  size_t count = 0;
  for (int i = 0; i < expected->count; i++) {
    if (is_word(expected->all[i])) names[count++] = yysymbol_name(expected->all[i]);
  }
#define NEAR_WEEKDAY(word) \
  if (expected->at[YYSYMBOL_WEEKDAY]) names[count++] = word;
#define NEAR_UNIT(word, ms) \
  if (expected->at[YYSYMBOL_UNIT]) names[count++] = word;
  TR_WEEKDAYS(NEAR_WEEKDAY)
  TR_UNITS(NEAR_UNIT)
#undef NEAR_WEEKDAY
#undef NEAR_UNIT
  return tr_near_name(found, names, count);
}

/* `add 5 at most 15`, `("DE" "AT")`: with a comma before it, what was found could stand. */
static bool lacks_comma(const expected_symbols *expected, int found) {
  if (!expected->at[YYTRANSLATE(',')]) return false;
  switch (found) {
    case YYSYMBOL_AT:
    case YYSYMBOL_ONCE:
    case YYSYMBOL_EXCEPT:
    case YYSYMBOL_WON:
    case YYSYMBOL_LOST:
    case YYSYMBOL_OPENED:
    case YYSYMBOL_REASON: return !expected->at[YYSYMBOL_TO];
    case YYSYMBOL_STRING:
    case YYSYMBOL_DATE_VALUE: return true;
    case YYSYMBOL_TIME_OF_DAY: return !expected->at[YYSYMBOL_TIME_OF_DAY];
    case YYSYMBOL_FROM: return expected->count == 2;
    default:
      return (found == YYSYMBOL_NAME || found == YYSYMBOL_NUMBER_VALUE || is_soft(found)) &&
             (expected->at[YYTRANSLATE('}')] || expected->at[YYTRANSLATE(')')]);
  }
}

static const char *form_of(const expected_symbols *expected) {
  if (expected->count == 1 && expected->at[YYSYMBOL_OWNED])
    return "The form is 'NAME owned by PARTY', with ', won' or ', lost' behind it.";
  if (expected->count == 1 && expected->at[YYTRANSLATE('(')])
    return "Put what follows in parentheses, as in 'any member has (roles has decider)'.";
  if (expected->count == 1 && expected->at[YYSYMBOL_LAST])
    return "Write 'in last 365 days', for example.";
  if (expected->count > 5 || expected->at[YYSYMBOL_NAME]) return NULL;
  if (expected->at[YYSYMBOL_DATE_VALUE]) return "Write a date as in '2026-11-01'.";
  if (expected->at[YYSYMBOL_DATETIME]) return "Write a date and time as in '2026-11-01 14:00'.";
  if (expected->at[YYSYMBOL_TIME_OF_DAY]) return "Write a time of day as in '09:00'.";
  if (expected->at[YYSYMBOL_CURRENCY]) return "Write the code of the currency, such as 'EUR'.";
  return NULL;
}

/* What begins a clause, or a part of one that is read as the name of a party when it is
 * misspelt. */
static const yysymbol_kind_t clause_words[] = {
    YYSYMBOL_PROMOTE,  YYSYMBOL_HAND,     YYSYMBOL_MOVE,   YYSYMBOL_APPLIES,
    YYSYMBOL_ACCEPTED, YYSYMBOL_REJECTED, YYSYMBOL_RESPOND};

static int yyreport_syntax_error(const yypcontext_t *context, tr_parse *parse) {
  expected_symbols expected = {0};
  yysymbol_kind_t found = yypcontext_token(context);
  expected.count = yypcontext_expected_tokens(context, expected.all, YYNTOKENS);
  for (int i = 0; i < expected.count; i++) expected.at[expected.all[i]] = true;
  tr_span span = *yypcontext_location(context);
  tr_unexpected error = {.span = span, .at_end = found == YYSYMBOL_YYEOF};
  /* `promot inquiry to MQL`: read as the name of a party, until it goes on otherwise */
  if (expected.count == 2 && expected.at[YYSYMBOL_OWES] && expected.at[YYSYMBOL_MAY]) {
    error.span = parse->token_before_span;
    error.compares = true;
    error.expected = places[1].what;
    error.help = places[1].help;
    memcpy(expected.all, clause_words, sizeof clause_words);
    expected.count = sizeof clause_words / sizeof *clause_words;
  } else {
    const struct place *place = place_of(parse, &expected);
    error.expected = place ? place->what : say_expected(parse, &expected);
    error.help = place ? place->help : form_of(&expected);
    if (found == YYSYMBOL_ARROW) error.help = "A row is 'KEY -> VALUE', without a ',' at its end.";
    error.compares = expected.at[YYSYMBOL_LESS_OR_EQUAL];
    error.lacks_comma =
        lacks_comma(&expected, found) && !tr_slip_foreign(tr_parse_text(parse, span));
    error.wants_text = expected.count == 1 && expected.at[YYSYMBOL_STRING];
    error.word_for_name = is_word(found) && !is_soft(found) && expected.at[YYSYMBOL_NAME];
  }
  bool may_be_slip = found == YYSYMBOL_NAME || (is_soft(found) && parse->token_starts_line) ||
                     error.span.from != span.from;
  if (may_be_slip) error.near = near_keyword(&expected, tr_parse_text(parse, error.span));
  tr_parse_unexpected(parse, &error);
  return 0;
}

#endif
