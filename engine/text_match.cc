/* text_match.cc - see text_match.h. RE2 throws where memory ends, and nothing else: each way into
 * it catches that. */
#include "engine/text_match.h"

#include <re2/re2.h>

#include <new>
#include <vector>

#include "engine/limits.h"

struct tr_match {
  tr_match(const re2::StringPiece &pattern, const re2::RE2::Options &options)
      : expression(pattern, options) {}
  re2::RE2 expression;
};

namespace {

const char *why_of(re2::RE2::ErrorCode code) {
  switch (code) {
    case re2::RE2::ErrorBadEscape: return "has a backslash that means nothing";
    case re2::RE2::ErrorBadCharClass: return "names a class of characters that does not exist";
    case re2::RE2::ErrorBadCharRange: return "has a range of characters that runs backwards";
    case re2::RE2::ErrorMissingBracket: return "has a '[' that is not closed";
    case re2::RE2::ErrorMissingParen: return "has a '(' that is not closed";
    case re2::RE2::ErrorUnexpectedParen: return "has a ')' that closes nothing";
    case re2::RE2::ErrorTrailingBackslash: return "ends in a backslash";
    case re2::RE2::ErrorRepeatArgument: return "repeats where there is nothing to repeat";
    case re2::RE2::ErrorRepeatSize: return "repeats more than 1,000 times";
    case re2::RE2::ErrorRepeatOp: return "repeats a repetition";
    case re2::RE2::ErrorBadPerlOp: return "has a group of a kind that does not exist here";
    case re2::RE2::ErrorBadUTF8: return "is not UTF-8";
    case re2::RE2::ErrorBadNamedCapture: return "has a group whose name is none";
    case re2::RE2::ErrorPatternTooLarge: return "takes more than 1 MiB, compiled";
    default: return "cannot be read";
  }
}

/* Behind the character at `at`: of what is escaped both, of a class all of it. */
size_t behind(const re2::StringPiece &pattern, size_t at) {
  if (pattern[at] == '\\') return at + 2;
  if (pattern[at] != '[') return at + 1;
  at += at + 1 < pattern.size() && pattern[at + 1] == '^' ? 2 : 1;
  if (at < pattern.size() && pattern[at] == ']') at++; /* the first is a member */
  while (at < pattern.size() && pattern[at] != ']') at += pattern[at] == '\\' ? 2 : 1;
  return at + 1;
}

/* RE2 gives the whole pattern for a parenthesis without its other half. */
size_t lone_parenthesis(const re2::StringPiece &pattern) {
  std::vector<size_t> open;
  for (size_t at = 0; at < pattern.size(); at = behind(pattern, at)) {
    if (pattern[at] == '(') open.push_back(at);
    if (pattern[at] != ')') continue;
    if (open.empty()) return at;
    open.pop_back();
  }
  return open.empty() ? 0 : open.back();
}

/* … and otherwise the part, but not where it stands: the first that is no escape's second half. */
size_t place_of(const re2::StringPiece &pattern, const re2::StringPiece &part) {
  for (size_t at = 0; at + part.size() <= pattern.size(); at += pattern[at] == '\\' ? 2 : 1) {
    if (pattern.substr(at, part.size()) == part) return at;
  }
  size_t at = pattern.find(part);
  return at == re2::StringPiece::npos ? 0 : at;
}

void tell(const re2::StringPiece &pattern, const re2::RE2 &expression, tr_match_error *error) {
  const re2::RE2::ErrorCode code = expression.error_code();
  const re2::StringPiece part = expression.error_arg();
  const bool named = part.starts_with("[:") || part.starts_with("\\p") || part.starts_with("\\P");
  error->why = code == re2::RE2::ErrorBadCharRange && named ? why_of(re2::RE2::ErrorBadCharClass)
                                                            : why_of(code);
  if (code == re2::RE2::ErrorTrailingBackslash) {
    error->from = pattern.size() - 1;
    error->to = pattern.size();
    return;
  }
  if (code == re2::RE2::ErrorMissingParen || code == re2::RE2::ErrorUnexpectedParen) {
    error->from = lone_parenthesis(pattern);
    error->to = error->from + 1;
    return;
  }
  error->from = part.empty() ? 0 : place_of(pattern, part);
  error->to = part.empty() ? pattern.size() : error->from + part.size();
}

} // namespace

tr_match *tr_match_new(const char *pattern, size_t length, tr_match_error *error) {
  *error = {};
  tr_match *match = nullptr;
  try {
    const re2::StringPiece text(pattern, length);
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_never_capture(true);
    options.set_max_mem(TR_MATCH_BYTES_MAX);
    match = new tr_match(text, options);
    if (match->expression.ok()) return match;
    tell(text, match->expression, error);
  } catch (const std::bad_alloc &) {
    *error = {};
  }
  delete match;
  return nullptr;
}

void tr_match_free(tr_match *match) { delete match; }

tr_match_answer tr_match_ask(const tr_match *match, const char *bytes, size_t length) {
  try {
    const re2::StringPiece text(bytes, length);
    const bool found = match->expression.Match(text, 0, length, re2::RE2::UNANCHORED, nullptr, 0);
    return found ? MATCH_YES : MATCH_NO;
  } catch (const std::bad_alloc &) {
    return MATCH_NO_MEMORY;
  }
}
