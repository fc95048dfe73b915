/* language_help.c - finds a section by its heading, and takes off what only Markdown needs.
 *
 *   ## 5. Events                     "Events": up to the next heading, of whatever depth
 *   ```treaty in NAME                code is set in instead of fenced
 *   <!-- treaty setting NAME … -->   for the tests: left out
 *
 * A heading that is not found is a fault of ours: the tests ask for every page. */
#include "runtime/language_help.h"

#include <assert.h>
#include <string.h>

/* A new construct is a row here: its word, and the heading of its section without the number. */
#define LANGUAGE_WORDS(X)                                   \
  X("party", "Parties, accounts, people and leads")         \
  X("contact", "Parties, accounts, people and leads")       \
  X("account", "Parties, accounts, people and leads")       \
  X("person", "Parties, accounts, people and leads")        \
  X("member", "Parties, accounts, people and leads")        \
  X("lead", "Parties, accounts, people and leads")          \
  X("type", "Types and units")                              \
  X("event", "Events")                                      \
  X("source", "Which source may send what")                 \
  X("bind", "To which account an event belongs")            \
  X("on", "What an event teaches")                          \
  X("set", "What an event teaches")                         \
  X("lower", "What an event teaches")                       \
  X("raise", "What an event teaches")                       \
  X("forget", "What an event teaches")                      \
  X("unknown", "Not knowing is a value")                    \
  X("when", "Expressions")                                  \
  X("matches", "Patterns")                                  \
  X("list", "Lists and catalogues")                         \
  X("catalogue", "Lists and catalogues")                    \
  X("from", "From files")                                   \
  X("signal", "Signals and counting")                       \
  X("count", "Signals and counting")                        \
  X("sum", "Signals and counting")                          \
  X("active", "Signals and counting")                       \
  X("within", "One after the other")                        \
  X("begins", "Silence, and a condition that begins")       \
  X("score", "Scores")                                      \
  X("expires", "The life of a score")                       \
  X("loses", "The life of a score")                         \
  X("frozen", "The life of a score")                        \
  X("reset", "The life of a score")                         \
  X("define", "Definitions, criteria and tables")           \
  X("criterion", "Definitions, criteria and tables")        \
  X("table", "Decision tables")                             \
  X("any", "The people of a lead, the leads of an account") \
  X("stages", "Stages")                                     \
  X("entered", "Where a lead has been")                     \
  X("phases", "The buyer's phases")                         \
  X("agreement", "Agreements")                              \
  X("promote", "Clauses: promote, move, hand")              \
  X("move", "Clauses: promote, move, hand")                 \
  X("keep", "What a promotion keeps")                       \
  X("hand", "Handing a lead over")                          \
  X("may", "What people may decide")                        \
  X("hold", "What people may decide")                       \
  X("override", "What people may decide")                   \
  X("holidays", "Calendars and deadlines")                  \
  X("respond", "Calendars and deadlines")                   \
  X("pauses", "The clock stands still")                     \
  X("owes", "What the parties owe")                         \
  X("play", "Plays")                                        \
  X("offer", "Plays")                                       \
  X("tell", "Messages")                                     \
  X("limit", "How much contact is allowed")                 \
  X("never", "How much contact is allowed")                 \
  X("team", "Teams and people")                             \
  X("people", "Teams and people")                           \
  X("assign", "Who gets a lead")                            \
  X("reassign", "Who gets a lead")                          \
  X("open", "Who gets a lead")                              \
  X("calendar", "Calendars and deadlines")                  \
  X("zone", "Time")                                         \
  X("late", "Time")                                         \
  X("merged", "Who is who, and what never was")             \
  X("voided", "Who is who, and what never was")             \
  X("test", "Tests")                                        \
  X("expect", "Tests")                                      \
  X("use", "Several files")

static const struct {
  const char *word, *heading;
} words[] = {
#define WORD_ROW(word, heading) {word, heading},
    LANGUAGE_WORDS(WORD_ROW)
#undef WORD_ROW
};

#define WORD_COUNT (sizeof words / sizeof *words)

const char *language_help_word(size_t index) {
  return index < WORD_COUNT ? words[index].word : NULL;
}

/* ---- Lines of the document ------------------------------------------------------------------- */

typedef struct line {
  const char *text;
  size_t length;
} line;

static line line_at(const char *at) { return (line){at, strcspn(at, "\n")}; }

static const char *behind(line line) {
  return line.text + line.length + (line.text[line.length] == '\n');
}

static bool begins(line line, const char *with) {
  return line.length >= strlen(with) && memcmp(line.text, with, strlen(with)) == 0;
}

static bool is_fence(line line) { return begins(line, "```"); }

/* Whether a line is that heading: `## 5. Events`. */
static bool is_heading(line line, const char *heading) {
  size_t at = strspn(line.text, "#");
  if (at < 2) return false;
  at += strspn(line.text + at, " 0123456789.");
  return line.length - at == strlen(heading) &&
         memcmp(line.text + at, heading, line.length - at) == 0;
}

/* ---- A section ------------------------------------------------------------------------------- */

static const char *find_section(const char *heading) {
  bool code = false;
  for (const char *at = language_text; *at; at = behind(line_at(at))) {
    line here = line_at(at);
    if (is_fence(here)) code = !code;
    if (!code && is_heading(here, heading)) return behind(here);
  }
  return NULL;
}

static const char *behind_comment(const char *at) {
  const char *end = strstr(at, "-->");
  assert(end);
  at = behind(line_at(end));
  return *at == '\n' ? at + 1 : at;
}

static void put_section(buffer *out, const char *at) {
  bool code = false;
  while (*at) {
    line here = line_at(at);
    if (!code && begins(here, "#")) return;
    if (!code && begins(here, "<!--")) {
      at = behind_comment(at);
      continue;
    }
    if (is_fence(here))
      code = !code;
    else
      buffer_print(out, "%s%.*s\n", code && here.length > 0 ? "    " : "", (int)here.length, at);
    at = behind(here);
  }
}

bool language_help_page(buffer *out, const char *word) {
  for (size_t i = 0; i < WORD_COUNT; i++) {
    if (strcmp(words[i].word, word) != 0) continue;
    const char *section = find_section(words[i].heading);
    assert(section);
    buffer_print(out, "%s - of the language: %s\n", word, words[i].heading);
    put_section(out, section);
    while (out->length > 1 && memcmp(out->bytes + out->length - 2, "\n\n", 2) == 0) out->length--;
    return true;
  }
  return false;
}
