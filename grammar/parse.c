/* parse.c - the feeder between scanner and grammar, and what is said of syntax errors; see parse.h.
 *
 * After an error the grammar asks for RECOVER. The feeder skips to the next token that begins a
 * line at the depth of the error and no further right than what stands first in that block; or to
 * the brace that closes the block; or to an item's opener at the left margin, before which it
 * closes the braces that are open. */
#include "grammar/parse.h"

#include <string.h>

#include "grammar/slip.h"
#include "parser.h"

typedef void *yyscan_t;
int tr_scan_lex_init_extra(tr_parse *extra, yyscan_t *scanner);
int tr_scan_lex_destroy(yyscan_t scanner);
int tr_scan_lex(tr_token_value *value, tr_span *span, yyscan_t scanner);
struct yy_buffer_state;
struct yy_buffer_state *tr_scan__scan_bytes(const char *bytes, int length, yyscan_t scanner);
int tr_feed(TR_GRAMMAR_STYPE *value, tr_span *span, tr_parse *parse);

#define COLUMNS (sizeof((tr_parse *)0)->columns / sizeof *((tr_parse *)0)->columns)

void tr_parse_open(tr_parse *parse) {
  const tr_source *source = &parse->diags->sources.files.items[parse->file];
  parse->token_span = (tr_span){.file = parse->file};
  parse->fresh_line = true;
  tr_scan_lex_init_extra(parse, &parse->scanner);
  tr_scan__scan_bytes(source->bytes, (int)source->length, parse->scanner);
}

void tr_parse_close(tr_parse *parse) { tr_scan_lex_destroy(parse->scanner); }

/* ---- Reading tokens -------------------------------------------------------------------------- */

static uint32_t column_of(const tr_parse *parse) {
  return parse->token_span.from - parse->line_start;
}

static void give_up(tr_parse *parse) {
  tr_report(parse->diags, DIAG_TOO_DEEP, parse->token_span,
            "this nests deeper than %d braces or parentheses", TR_NESTING_MAX);
  parse->gave_up = true;
}

/* Reads the next token into parse->token and keeps count of lines and braces. */
static void read_token(tr_parse *parse) {
  parse->fresh_line |= parse->token_span.to == 0;
  bool fresh_block = parse->fresh_block;
  parse->fresh_block = false;
  parse->behind_money_in = parse->token == W_IN && parse->token_before.text &&
                           strcmp(parse->token_before.text, "money") == 0;
  parse->token_before = parse->token == W_NAME || parse->token == W_UNIT || parse->token > W_RECOVER
                            ? parse->token_value
                            : (tr_token_value){0};
  parse->sign = NULL;
  parse->token_before_kind = parse->token;
  parse->token_before_span = parse->token_span;
  parse->token = tr_scan_lex(&parse->token_value, &parse->token_span, parse->scanner);
  parse->token_starts_line = parse->fresh_line;
  parse->fresh_line = false;
  if (fresh_block && parse->depth < COLUMNS) {
    parse->columns[parse->depth] = column_of(parse);
    parse->begun_on_line[parse->depth] = !parse->token_starts_line;
  }
  if (parse->token == '{') {
    parse->depth++;
    parse->fresh_block = true;
  }
  if (parse->token == '}' && parse->depth > 0) parse->depth--;
  if (parse->token == '(') parse->parentheses++;
  if (parse->token == ')' && parse->parentheses > 0) parse->parentheses--;
  if (parse->depth > TR_NESTING_MAX || parse->parentheses > TR_NESTING_MAX) give_up(parse);
}

/* Words that open an item of the file and nothing inside one that starts a line; in a block that is
 * indented, those too that open lines of a block. */
static bool opens_item(int token, bool indented) {
  switch (token) {
    case W_USE:
    case W_ZONE:
    case W_PARTY:
    case W_LIST:
    case W_CATALOGUE:
    case W_EVENT:
    case W_BIND:
    case W_SIGNAL:
    case W_SCORE:
    case W_DEFINE:
    case W_CRITERION:
    case W_STAGES:
    case W_CALENDAR:
    case W_AGREEMENT:
    case W_SETUP:
    case W_TEST:
    case W_TYPE:
    case W_TABLE:
    case W_PHASES: return true;
    case W_ACCOUNT:
    case W_PERSON:
    case W_LEAD:
    case W_MEMBER:
    case W_CONTACT:
    case W_LATE:
    case W_ON: return indented;
    default: return false;
  }
}

static bool at_margin(const tr_parse *parse) {
  bool indented = parse->depth > 0 && parse->depth < COLUMNS && parse->columns[parse->depth] > 0;
  return parse->token_starts_line && column_of(parse) == 0 && opens_item(parse->token, indented);
}

/* A block that was begun on the line of its brace does not go on further left: its end is missing.
 */
static bool lacks_end(const tr_parse *parse) {
  return parse->depth > 0 && parse->depth < COLUMNS && parse->begun_on_line[parse->depth] &&
         parse->token_starts_line && parse->token != '}' && parse->token != '{' &&
         column_of(parse) < parse->columns[parse->depth];
}

/* Where the block of `depth` goes on or ends. */
static bool is_resting_place(tr_parse *parse, uint32_t depth) {
  if (parse->token == 0) return true;
  if (parse->token == '}' && parse->depth + 1 == depth) return true;
  if (at_margin(parse)) return true;
  return parse->token != '}' && parse->depth - (parse->token == '{' ? 1 : 0) == depth &&
         parse->token_starts_line &&
         column_of(parse) <= (depth < COLUMNS ? parse->columns[depth] : 0);
}

static void skip(tr_parse *parse) {
  uint32_t depth = parse->depth;
  if (parse->recover_here && parse->token == '}') depth++;
  if (parse->recover_here && parse->token == '{') depth--;
  bool look = parse->recover_here;
  if (look && lacks_end(parse) && !at_margin(parse)) {
    parse->parentheses = 0;
    parse->pending = true;
    parse->closing = 1;
    parse->depth--;
    return;
  }
  while (!(look && is_resting_place(parse, depth))) {
    if (parse->token == '}' && parse->depth < depth) depth = parse->depth;
    read_token(parse);
    look = true;
  }
  parse->parentheses = 0;
  parse->pending = true;
  /* A missing brace: the blocks that are still open end before the item. */
  if (depth > 0 && (parse->token == 0 || at_margin(parse))) {
    parse->closing = parse->token == 0 ? 0 : depth;
    parse->depth = 0;
  }
}

int tr_feed(TR_GRAMMAR_STYPE *value, tr_span *span, tr_parse *parse) {
  if (parse->gave_up) return 0;
  if (parse->recovering) {
    parse->recovering = false;
    skip(parse);
    *span = parse->token_span;
    return W_RECOVER;
  }
  if (parse->closing > 0) {
    parse->closing--;
    *span = parse->token_span;
    return '}';
  }
  if (!parse->pending) read_token(parse);
  parse->pending = false;
  if (parse->gave_up) return 0;
  value->token = parse->token_value;
  *span = parse->token_span;
  if (parse->token == W_TR_GRAMMAR_error) {
    parse->recovering = true;
    parse->recover_here = false;
  }
  return parse->token;
}

/* ---- What is said ---------------------------------------------------------------------------- */

const char *tr_parse_text(const tr_parse *parse, tr_span span) {
  const tr_source *source = &parse->diags->sources.files.items[parse->file];
  return tr_arena_copy(parse->arena, source->bytes + span.from, span.to - span.from);
}

static void report_end(tr_parse *parse) {
  uint32_t end = parse->diags->sources.files.items[parse->file].length;
  tr_diag *diag = tr_report(parse->diags, DIAG_UNEXPECTED, (tr_span){parse->file, end, end},
                            "the file ends in the middle of a construct");
  if (parse->depth > 0) tr_diag_help(diag, "A '}' is missing.");
}

/* `zone Europe/Berlin`: all that stands together belongs into the quotes. */
static const char *quoted(const tr_parse *parse, tr_span span) {
  const tr_source *source = &parse->diags->sources.files.items[parse->file];
  const char *from = source->bytes + span.from;
  return tr_arena_print(parse->arena, "Put it in quotes: \"%s\".",
                        tr_arena_copy(parse->arena, from, strcspn(from, " \t\r\n{}\"")));
}

/* `"press": 80000 EUR`: the sign stands for something else, so its own report says for what. */
static void explain_sign(tr_parse *parse, const tr_unexpected *error) {
  const char *instead = error->lacks_comma ? "','" : error->expected;
  if (instead) tr_diag_help(parse->sign, "Write %s in its place.", instead);
}

static const char *help_for(const tr_parse *parse, const tr_unexpected *error) {
  const char *found = tr_parse_text(parse, error->span);
  const char *help = tr_slip_help(parse, error->span, error->compares);
  if ((parse->depth > 0 && at_margin(parse)) || lacks_end(parse))
    return "Is a '}' missing before this line?";
  if (help) return help;
  if (error->near) return tr_arena_print(parse->arena, "Did you mean '%s'?", error->near);
  if (parse->token_before_kind == ',') return "Is the ',' before it one too many?";
  if (strcmp(found, ",") == 0 && !error->expected) return "Take the ',' out.";
  if (error->wants_text && !parse->token_starts_line) return quoted(parse, error->span);
  if (strcmp(found, ".") == 0 && parse->depth > 0) return quoted(parse, parse->token_before_span);
  const char *form = error->help ? error->help : tr_slip_form(parse, error->span);
  if (!form && error->word_for_name && !parse->token_starts_line)
    return tr_arena_print(parse->arena, "'%s' is a word of the language; choose another name.",
                          found);
  return form;
}

void tr_parse_unexpected(tr_parse *parse, const tr_unexpected *error) {
  tr_span span = error->span;
  if (parse->gave_up) return;
  bool again = parse->error_from == span.from + 1;
  parse->error_from = span.from + 1;
  parse->recovering = true;
  parse->recover_here = !again;
  if (again) return;
  if (error->at_end) {
    report_end(parse);
    return;
  }
  if (parse->reserved_to == parse->token_before_span.to && parse->reserved_to > 0) return;
  if (parse->sign) {
    explain_sign(parse, error);
    return;
  }
  const char *found = tr_parse_text(parse, span);
  const char *help = help_for(parse, error);
  tr_diag *diag;
  if (error->lacks_comma && !at_margin(parse) && !lacks_end(parse)) {
    diag = tr_report(parse->diags, DIAG_UNEXPECTED, span, "a ',' is missing before '%s'", found);
    help = tr_arena_print(parse->arena, "Write ', %s'.", found);
  } else if (error->expected) {
    diag = tr_report(parse->diags, DIAG_UNEXPECTED, span, "expected %s, but found '%s'",
                     error->expected, found);
  } else {
    diag = tr_report(parse->diags, DIAG_UNEXPECTED, span, "'%s' cannot stand here", found);
  }
  if (help) tr_diag_help(diag, "%s", help);
  if (!error->word_for_name || tr_diags_is_full(parse->diags)) return;
  tr_misplaced misplaced = {.word = found, .said = diag};
  TR_PUSH(parse->arena, &parse->tree->misplaced, misplaced);
}

static bool is_refused(const tr_tree *tree, const char *word) {
  for (uint32_t i = 0; i < tree->refused.count; i++) {
    if (strcmp(tree->refused.items[i].text, word) == 0) return true;
  }
  return false;
}

void tr_parse_settle(const tr_tree *tree, tr_diags *diags) {
  for (uint32_t i = 0; i < tree->misplaced.count; i++) {
    const tr_misplaced *misplaced = &tree->misplaced.items[i];
    if (is_refused(tree, misplaced->word)) tr_diags_drop(diags, misplaced->said);
  }
}

void tr_parse_missing_brace(tr_parse *parse, tr_span span) {
  tr_diag *diag = tr_report(parse->diags, DIAG_UNEXPECTED, span, "a '{' is missing before '%s'",
                            tr_parse_text(parse, span));
  tr_diag_help(diag, "Steps stand in braces: 'respond within … { at 50%% remind sales }'.");
  parse->depth++;
}

tr_diag *tr_parse_wrong(tr_parse *parse, tr_span span, const char *message, const char *help) {
  tr_diag *diag = tr_report(parse->diags, DIAG_WRONG_FORM, span, "%s", message);
  if (help) tr_diag_help(diag, "%s", help);
  return diag;
}

/* ---- Numbers --------------------------------------------------------------------------------- */

#define MILLIONTHS_MAX INT64_C(9200000000000000000)

bool tr_parse_decimal(const char *digits, size_t length, int64_t *millionths) {
  int64_t value = 0;
  int decimals = -1;
  for (size_t i = 0; i < length; i++) {
    if (digits[i] == '.') {
      decimals = 0;
      continue;
    }
    if (decimals >= 6) {
      if (digits[i] != '0') return false;
      continue;
    }
    if (value > (MILLIONTHS_MAX - 9) / 10) return false;
    value = value * 10 + (digits[i] - '0');
    if (decimals >= 0) decimals++;
  }
  for (int i = decimals < 0 ? 0 : decimals; i < 6; i++) {
    if (value > MILLIONTHS_MAX / 10) return false;
    value *= 10;
  }
  *millionths = value;
  return true;
}
