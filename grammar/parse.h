/* parse.h - text to tree; the parts that scanner, grammar and tree builders share.
 *
 * The scanner (lexer.l) makes tokens; the feeder (parse.c) stands between it and the grammar: it
 * knows what begins a line and how deep the braces are, and so can skip to the next clause or item
 * after an error. */
#ifndef TR_PARSE_H
#define TR_PARSE_H

#include "grammar/diag.h"
#include "grammar/tree.h"

typedef union tr_token_value {
  struct {
    const char *text; /* NAME, STRING, CURRENCY: NUL-terminated */
    int64_t number;   /* NUMBER: millionths; UNIT, TIME_OF_DAY, DATE, DATETIME, WEEKDAY, CURRENCY:
                         digits */
  };
} tr_token_value;

/* TR_NESTING_MAX levels of braces or parentheses. */
#define TR_NESTING_MAX 10000

/* Levels of one expression; `and` and `or` of many parts are one level. */
#define TR_EXPR_DEPTH_MAX 1000

/* Slips of habit, each said once in a file; see slip.h. */
typedef enum tr_habit {
  HABIT_SEMICOLON,
  HABIT_COLON,
  HABIT_QUOTE,
  HABIT_BRACKET,
  HABIT_DATE,
  HABIT_HALF_DAY,
  HABIT_RANGE
} tr_habit;

typedef struct tr_parse {
  tr_arena *arena;
  tr_diags *diags;
  tr_tree *tree;
  uint32_t file;
  void *scanner;
  /* the feeder */
  int token; /* given out last */
  tr_span token_span;
  tr_token_value token_value, token_before;
  tr_span token_before_span;
  int token_before_kind;
  bool token_starts_line;
  bool pending;      /* that token is to be given out again */
  bool recovering;   /* skip to the next clause or item, then give RECOVER */
  bool recover_here; /* the present token may be that place */
  uint32_t closing;  /* braces to be given out before the present token */
  uint32_t depth;    /* of open braces */
  uint32_t parentheses;
  uint32_t columns[64];   /* of the first token behind each open brace */
  bool begun_on_line[64]; /* … that token stands on the line of the brace */
  uint32_t line_start;    /* byte at which the present line starts */
  bool fresh_line, fresh_block;
  uint32_t error_from; /* where the last error stood, + 1: one that comes again is skipped */
  bool behind_money_in;
  tr_diag *sign;        /* said of a sign that was passed over just before the token; or NULL */
  uint32_t reserved_to; /* end of the word that was just refused as a name */
  bool glued;           /* a number hangs on the next word, and it has been said */
  uint32_t habits;      /* bits of tr_habit: those said */
  bool gave_up;         /* lexical error or limit: the rest is not looked at */
} tr_parse;

/* Reads file `file` of diags->sources into the tree. Errors are in diags. */
void tr_parse_file(tr_arena *arena, tr_diags *diags, tr_tree *tree, uint32_t file);

/* Once all files are read: a word that was refused as a name is not told of where it is used. */
void tr_parse_settle(const tr_tree *tree, tr_diags *diags);

/* For the grammar. */
void tr_parse_open(tr_parse *parse);
void tr_parse_close(tr_parse *parse);
typedef struct tr_unexpected {
  tr_span span;
  bool at_end;          /* the file ended */
  const char *expected; /* NULL: too much to say */
  const char *near;     /* the word probably meant, or NULL */
  const char *help;     /* when nothing better is known; or NULL */
  bool lacks_comma;     /* before the span */
  bool wants_text;      /* … and nothing else */
  bool compares;        /* a comparison could go on here */
  bool word_for_name;   /* a word of the language stands where a name could */
} tr_unexpected;

const char *tr_parse_text(const tr_parse *parse, tr_span span);
void tr_parse_unexpected(tr_parse *parse, const tr_unexpected *error);
tr_diag *tr_parse_wrong(tr_parse *parse, tr_span span, const char *message, const char *help);
/* Opens a block whose '{' is missing before the word at `span`. */
void tr_parse_missing_brace(tr_parse *parse, tr_span span);

/* Makes millionths from decimal digits; false: more than six decimals or too large. */
bool tr_parse_decimal(const char *digits, size_t length, int64_t *millionths);

#endif
