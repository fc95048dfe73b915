/* table.h - rows of texts with their columns aligned: numbers to the right, texts to the left.
 *
 *   hand-overs to   offered   accepted in time
 *   sales             1,204                 981
 *
 * Cells are copied; the first row is the head. */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/buffer.h"

#define TABLE_COLUMNS_MAX  16
#define TABLE_NUMBER_BYTES 32

typedef struct table {
  char **cells; /* row by row */
  size_t count, room;
  size_t columns;
  bool text[TABLE_COLUMNS_MAX]; /* columns that hold text */
} table;

/* `columns` has a letter a column: 't' for text, 'n' for numbers. */
void table_init(table *table, const char *columns);

void table_text(table *table, const char *text);
void table_count(table *table, uint64_t number);

/* Writes what was added, each line set in by two, and empties the table. */
void table_put(table *table, buffer *out);

/* "1,204,331" */
const char *table_number(uint64_t number, char text[TABLE_NUMBER_BYTES]);

#endif
