/* csv.h - lists and catalogues from files of comma separated values (RFC 4180, in UTF-8).
 *
 * csv.c reads records, check_csv.c makes values of their fields. The first record names the
 * columns, in any order. Empty lines are passed over; a field is empty or in quotes where `""`
 * stands for a quote. */
#ifndef TR_CSV_H
#define TR_CSV_H

#include "engine/check.h"

typedef struct tr_csv_field {
  const char *text; /* without its quotes, with a NUL behind */
  tr_span span;
  bool quoted;
} tr_csv_field;

typedef struct tr_csv {
  tr_arena *arena;
  const tr_source *source;
  uint32_t file, at;
  const char *wrong; /* why reading has stopped, or NULL */
  tr_span wrong_span;
  TR_LIST(tr_csv_field) row;
} tr_csv;

/* Reads the next record into csv->row; false: there is none, or csv->wrong says what is. */
bool tr_csv_next(tr_csv *csv);

/* A value of a column. */
typedef struct tr_csv_cell {
  const char *text; /* texts; of a list of texts, as text_list.h says */
  int64_t number;   /* all else, as in an expression */
  uint32_t from, to;
  bool known;
} tr_csv_cell;

typedef struct tr_csv_rows {
  uint32_t file, width, count;
  tr_csv_cell *cells; /* row by row, in the order of the columns */
} tr_csv_rows;

/* The rows of the file as values of `columns`; what is wrong is told. NULL: it has no header. */
tr_csv_rows *tr_check_csv(tr_check *check, uint32_t file, const tr_fields *columns,
                          uint32_t key_count);

static inline tr_span tr_csv_row_span(const tr_csv_rows *rows, uint32_t row) {
  const tr_csv_cell *cells = &rows->cells[(size_t)row * rows->width];
  tr_span span = {rows->file, cells[0].from, cells[0].to};
  for (uint32_t i = 1; i < rows->width; i++) {
    if (cells[i].from < span.from) span.from = cells[i].from;
    if (cells[i].to > span.to) span.to = cells[i].to;
  }
  return span;
}

#endif
