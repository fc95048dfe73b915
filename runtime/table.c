/* table.c - see table.h. */
#include "runtime/table.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/terminal.h"

void table_init(table *table, const char *columns) {
  *table = (struct table){.columns = strlen(columns)};
  assert(table->columns > 0 && table->columns <= TABLE_COLUMNS_MAX);
  for (size_t i = 0; i < table->columns; i++) table->text[i] = columns[i] == 't';
}

void table_text(table *table, const char *text) {
  if (table->count == table->room) {
    table->room = table->room ? table->room * 2 : 64;
    table->cells = room_grow(table->cells, table->room, sizeof *table->cells);
  }
  table->cells[table->count++] = room_copy(text);
}

void table_count(table *table, uint64_t number) {
  char text[TABLE_NUMBER_BYTES];
  table_text(table, table_number(number, text));
}

static void put_row(const table *table, const size_t *widths, char *const *row, buffer *out) {
  buffer_put(out, "  ", 2);
  for (size_t i = 0; i < table->columns; i++) {
    size_t length = strlen(row[i]);
    int blanks = (int)(widths[i] - terminal_width(row[i], length));
    bool last = i + 1 == table->columns;
    if (!table->text[i]) buffer_print(out, "%*s", blanks, "");
    terminal_put_text(out, (treaty_text){.bytes = row[i], .length = length});
    if (table->text[i] && !last) buffer_print(out, "%*s", blanks, "");
    if (!last) buffer_put(out, "   ", 3);
  }
  buffer_put(out, "\n", 1);
}

void table_put(table *table, buffer *out) {
  size_t widths[TABLE_COLUMNS_MAX] = {0};
  assert(table->count % table->columns == 0);
  for (size_t i = 0; i < table->count; i++) {
    size_t width = terminal_width(table->cells[i], strlen(table->cells[i]));
    if (width > widths[i % table->columns]) widths[i % table->columns] = width;
  }
  for (size_t i = 0; i < table->count; i += table->columns)
    put_row(table, widths, &table->cells[i], out);
  for (size_t i = 0; i < table->count; i++) free(table->cells[i]);
  free(table->cells);
  table->cells = NULL;
  table->count = table->room = 0;
}

const char *table_number(uint64_t number, char text[TABLE_NUMBER_BYTES]) {
  char digits[24];
  int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
  size_t used = 0;
  for (int i = 0; i < length; i++) {
    if (i > 0 && (length - i) % 3 == 0) text[used++] = ',';
    text[used++] = digits[i];
  }
  text[used] = '\0';
  return text;
}
