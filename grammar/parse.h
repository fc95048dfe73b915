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
  bool token_starts_line;
  bool pending;      /* that token is to be given out again */
  bool recovering;   /* skip to the next clause or item, then give RECOVER */
  bool recover_here; /* the present token may be that place */
  uint32_t closing;  /* braces to be given out before the present token */
  uint32_t depth;    /* of open braces */
  uint32_t parentheses;
  uint32_t columns[64]; /* of the first token behind each open brace */
  uint32_t line_start;  /* byte at which the present line starts */
  bool fresh_line, fresh_block;
  uint32_t error_from; /* where the last error stood, + 1: one that comes again is skipped */
  bool broken_fields;    /* the list of fields just read has an error in it */
  bool gave_up;        /* lexical error or limit: the rest is not looked at */
} tr_parse;

/* Reads file `file` of diags->sources into the tree. Errors are in diags. */
void tr_parse_file(tr_arena *arena, tr_diags *diags, tr_tree *tree, uint32_t file);

/* For the grammar. `expected` is NULL when there is too much of it to say. */
void tr_parse_open(tr_parse *parse);
void tr_parse_close(tr_parse *parse);
void tr_parse_unexpected(tr_parse *parse, tr_span span, bool at_end, bool word_for_name,
                         const char *expected);
void tr_parse_not_yet(tr_parse *parse, const char *what, tr_span span);
void tr_parse_wrong(tr_parse *parse, tr_span span, const char *message, const char *help);

/* Makes millionths from decimal digits; false: more than six decimals or too large. */
bool tr_parse_decimal(const char *digits, size_t length, int64_t *millionths);

#endif
