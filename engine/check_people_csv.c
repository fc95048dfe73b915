/* check_people_csv.c - people from a file of comma separated values: one line each.
 *
 *     id,team,hours,share,territory
 *     jo,field,munich,60%,DE;AT
 *
 * `id` and `team` must be there. Every other column but `hours` and `share` says something of the
 * people that can be asked for, as texts, several with ';' between them; what is empty is not said.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/check.h"
#include "engine/csv.h"

typedef struct roster {
  tr_check *check;
  tr_csv file;
  TR_LIST(tr_csv_field) header;
} roster;

static uint32_t column_of(const roster *roster, const char *name) {
  uint32_t i = 0;
  while (i < roster->header.count && strcmp(roster->header.items[i].text, name) != 0) i++;
  return i;
}

static bool check_header(roster *roster) {
  static const char *const needed[] = {"id", "team"};
  bool good = true;
  for (uint32_t i = 0; i < roster->header.count; i++) {
    const tr_csv_field *field = &roster->header.items[i];
    if (column_of(roster, field->text) == i) continue;
    tr_report(roster->check->diags, DIAG_DUPLICATE, field->span, "column '%s' stands twice",
              field->text);
    good = false;
  }
  for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
    if (column_of(roster, needed[i]) < roster->header.count) continue;
    tr_diag *diag = tr_report(roster->check->diags, DIAG_MISSING, roster->header.items[0].span,
                              "the file has no column '%s'", needed[i]);
    tr_diag_help(diag, "The first line names the columns: id, team, and what else is said.");
    good = false;
  }
  return good;
}

static int64_t read_share(roster *roster, const tr_csv_field *field) {
  char *end;
  long percent = strtol(field->text, &end, 10);
  bool good = end != field->text && strcmp(end, "%") == 0 && percent > 0 && percent <= 100;
  if (good) return percent * 10000;
  tr_report(roster->check->diags, DIAG_OUT_OF_RANGE, field->span,
            "a share is written as in '60%%', more than 0%% and at most 100%%");
  return 1000000;
}

static tr_expr *text_value(roster *roster, tr_span span, const char *text, size_t length) {
  tr_expr *value = TR_NEW(roster->check->arena, tr_expr);
  *value = (tr_expr){
      .kind = EXPR_TEXT, .span = span, .text = tr_arena_copy(roster->check->arena, text, length)};
  return value;
}

/* One text, or several with ';' between them. */
static tr_expr *read_trait(roster *roster, const tr_csv_field *field) {
  tr_expr *values = TR_NEW(roster->check->arena, tr_expr);
  *values = (tr_expr){.kind = EXPR_IN, .span = field->span};
  for (const char *at = field->text; at;) {
    const char *end = strchr(at, ';');
    while (*at == ' ') at++;
    size_t length = end ? (size_t)(end - at) : strlen(at);
    while (length > 0 && at[length - 1] == ' ') length--;
    TR_PUSH(roster->check->arena, &values->list, text_value(roster, field->span, at, length));
    at = end ? end + 1 : NULL;
  }
  return values->list.count == 1 ? values->list.items[0] : values;
}

static void read_field(roster *roster, uint32_t column, const tr_csv_field *field,
                       tr_rep_decl *rep) {
  const char *name = roster->header.items[column].text;
  tr_name value = {.text = field->text, .span = field->span};
  if (strcmp(name, "id") == 0) {
    rep->id = value;
  } else if (strcmp(name, "team") == 0) {
    rep->team = value;
  } else if (!*field->text) {
    return;
  } else if (strcmp(name, "hours") == 0) {
    rep->hours = value;
  } else if (strcmp(name, "share") == 0) {
    rep->share_millionths = read_share(roster, field);
  } else {
    tr_trait trait = {.name = {.text = name, .span = roster->header.items[column].span},
                      .value = read_trait(roster, field)};
    TR_PUSH(roster->check->arena, &rep->traits, trait);
  }
}

static void read_person(roster *roster) {
  const tr_csv *file = &roster->file;
  if (file->row.count != roster->header.count) {
    tr_report(roster->check->diags, DIAG_WRONG_FORM, file->row.items[0].span,
              "this line has %u fields, and the first line %u", file->row.count,
              roster->header.count);
    return;
  }
  tr_rep_decl *rep = TR_NEW(roster->check->arena, tr_rep_decl);
  *rep = (tr_rep_decl){.share_millionths = -1};
  for (uint32_t i = 0; i < file->row.count; i++) read_field(roster, i, &file->row.items[i], rep);
  if (*rep->id.text) {
    TR_PUSH(roster->check->arena, &roster->check->tree->reps, rep);
    return;
  }
  tr_report(roster->check->diags, DIAG_MISSING, rep->id.span, "nobody is named here");
}

void tr_check_roster(tr_check *check, uint32_t file) {
  roster roster = {
      .check = check,
      .file = {
          .arena = check->arena, .source = &check->diags->sources.files.items[file], .file = file}};
  if (tr_csv_next(&roster.file)) {
    for (uint32_t i = 0; i < roster.file.row.count; i++)
      TR_PUSH(check->arena, &roster.header, roster.file.row.items[i]);
    if (!check_header(&roster)) return;
    while (tr_csv_next(&roster.file)) read_person(&roster);
  } else if (!roster.file.wrong) {
    tr_report(check->diags, DIAG_MISSING, (tr_span){.file = file},
              "the file is empty: its first line should name the columns");
  }
  if (roster.file.wrong)
    tr_report(check->diags, DIAG_WRONG_FORM, roster.file.wrong_span, "%s", roster.file.wrong);
}
