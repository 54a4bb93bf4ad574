#include "collectors/history/sample_store.hpp"

#include "collectors/sql/statement_text.hpp"

#include <algorithm>

namespace pgadvisor::history {

namespace {

constexpr std::size_t kMostValues = 50;
constexpr std::size_t kLongestLiteral = 256;
/// Stands for every value that is not kept: no literal is empty.
constexpr std::string_view kOthers = "";

bool is_kept(const sql::Slot& slot) {
  return !slot.written && slot.parameters.empty();
}

/// Of a statement that could gain from an index and says what it asks for.
std::optional<sql::Shape> readable_shape(const std::string& text) {
  const auto redacted = sql::redact(text);
  if (!redacted || redacted->utility || sql::is_own(text)) return std::nullopt;
  auto shape = sql::shape_of(text);
  if (!shape) return std::nullopt;
  // A semicolon at its end is no part of what pg_stat_statements keeps.
  while (shape->text.ends_with(" ;")) shape->text.resize(shape->text.size() - 2);
  if (std::none_of(shape->slots.begin(), shape->slots.end(), is_kept)) return std::nullopt;
  return std::move(*shape);
}

}  // namespace

void SampleStore::record(const model::SamplePoll& poll) {
  Transaction transaction(database_);
  const std::int64_t day = slice_of(poll.taken_at, kDay);
  for (const auto& [database, text] : poll.texts) {
    const auto shape = readable_shape(text);
    if (!shape) continue;
    const auto id = shape_id(database, shape->text);
    for (std::size_t i = 0; i < shape->slots.size(); ++i) {
      const auto& slot = shape->slots[i];
      if (is_kept(slot)) count(day, id, i, slot.literal.size() > kLongestLiteral ? "" : slot.literal);
    }
  }
  transaction.commit();
}

void SampleStore::forget() {
  database_.execute("DELETE FROM sampled_value; DELETE FROM sampled_shape");
}

std::int64_t SampleStore::shape_id(const std::string& database, const std::string& shape) {
  const auto database_id = servers_.database_id(database);
  Statement found = database_.prepare("SELECT id FROM sampled_shape WHERE database = ? AND shape = ?");
  found.bind(1, database_id).bind(2, std::string_view(shape));
  if (found.step()) return found.integer(0);
  database_.prepare("INSERT INTO sampled_shape (database, shape) VALUES (?, ?)")
      .bind(1, database_id)
      .bind(2, std::string_view(shape))
      .run();
  return database_.last_id();
}

void SampleStore::count(std::int64_t day, std::int64_t shape, std::size_t slot, const std::string& literal) {
  database_
      .prepare(
          "INSERT INTO sampled_value (slice, shape, slot, literal, count) VALUES (?, ?, ?, ?, 1) "
          "ON CONFLICT (slice, shape, slot, literal) DO UPDATE SET count = count + 1")
      .bind(1, day)
      .bind(2, shape)
      .bind(3, static_cast<std::int64_t>(slot))
      .bind(4, std::string_view(literal))
      .run();
  fold_rarest(day, shape, slot, literal);
}

/// Of too many values the rarest joins the others, of several the oldest; never the newest, so that one that
/// becomes frequent late in a day gets its chance.
void SampleStore::fold_rarest(std::int64_t day, std::int64_t shape, std::size_t slot,
                              const std::string& newest) {
  Statement rows = database_.prepare(
      "SELECT literal, count FROM sampled_value WHERE slice = ? AND shape = ? AND slot = ? AND literal <> '' "
      "ORDER BY literal = ? DESC, count DESC, id DESC LIMIT -1 OFFSET ?");
  rows.bind(1, day)
      .bind(2, shape)
      .bind(3, static_cast<std::int64_t>(slot))
      .bind(4, std::string_view(newest))
      .bind(5, static_cast<std::int64_t>(kMostValues));
  while (rows.step()) {
    const std::string rarest = rows.text(0);
    database_
        .prepare(
            "INSERT INTO sampled_value (slice, shape, slot, literal, count) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (slice, shape, slot, literal) DO UPDATE SET count = count + excluded.count")
        .bind(1, day)
        .bind(2, shape)
        .bind(3, static_cast<std::int64_t>(slot))
        .bind(4, kOthers)
        .bind(5, rows.integer(1))
        .run();
    database_.prepare("DELETE FROM sampled_value WHERE slice = ? AND shape = ? AND slot = ? AND literal = ?")
        .bind(1, day)
        .bind(2, shape)
        .bind(3, static_cast<std::int64_t>(slot))
        .bind(4, std::string_view(rarest))
        .run();
  }
}

std::vector<model::SampledSlot> SampleStore::values(const std::string& database, model::Timestamp from) {
  std::vector<model::SampledSlot> slots;
  Statement rows = database_.prepare(
      "SELECT s.shape, v.slot, v.literal, sum(v.count) AS executions FROM sampled_value v "
      "JOIN sampled_shape s ON s.id = v.shape JOIN database d ON d.id = s.database "
      "WHERE d.name = ? AND v.slice >= ? GROUP BY s.shape, v.slot, v.literal "
      "ORDER BY s.shape, v.slot, executions DESC, v.literal");
  rows.bind(1, std::string_view(database)).bind(2, slice_of(from, kDay));
  while (rows.step()) {
    const std::string shape = rows.text(0);
    const auto slot = static_cast<std::size_t>(rows.integer(1));
    if (slots.empty() || slots.back().shape != shape || slots.back().slot != slot) {
      slots.push_back({shape, slot, {}, 0});
    }
    auto& entry = slots.back();
    const std::string literal = rows.text(2);
    if (literal == kOthers || entry.values.size() == kMostValues) {
      entry.others += rows.integer(3);
    } else {
      entry.values.push_back({literal, rows.integer(3)});
    }
  }
  return slots;
}

}  // namespace pgadvisor::history
