#include "advisor/index_health/replacement.hpp"

#include "advisor/index_health/index_key.hpp"
#include "collectors/sql/quote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace pgadvisor::index_health {

namespace {

using model::Index;

/// A keeper that is larger than this many times the index that goes makes scans dearer.
constexpr double kMostGrowth = 2.5;
constexpr std::int16_t kBackwards = 3;  // DESC NULLS FIRST is ASC NULLS LAST read backwards

enum class Direction { kSame, kInverted, kOther };

Direction direction(const std::vector<Key>& kept, const std::vector<Key>& dropped) {
  const auto all = [&](std::int16_t difference) {
    return std::equal(dropped.begin(), dropped.end(), kept.begin(),
                      [&](const Key& b, const Key& a) { return (b.option ^ a.option) == difference; });
  };
  if (all(0)) return Direction::kSame;
  return all(kBackwards) ? Direction::kInverted : Direction::kOther;
}

bool same_values(const Key& a, const Key& b) {
  return a.same_values(b);
}

/// A B-tree finds and orders by its first keys; GIN and BRIN look each key up by itself.
bool has_keys(const Index& kept_index, const std::vector<Key>& kept, const std::vector<Key>& dropped) {
  if (dropped.size() > kept.size()) return false;
  if (kept_index.method == "gin" || kept_index.method == "brin") {
    return std::ranges::all_of(dropped, [&](const Key& key) {
      return std::ranges::any_of(kept, [&](const Key& other) { return key.same_values(other); });
    });
  }
  if (kept_index.method != "btree" && dropped.size() != kept.size()) return false;
  return std::equal(dropped.begin(), dropped.end(), kept.begin(), same_values) &&
         direction(kept, dropped) != Direction::kOther;
}

bool includes(const Index& kept, const Index& dropped) {
  return std::ranges::all_of(included_columns(dropped), [&](std::int16_t column) {
    return std::ranges::find(kept.columns, column) != kept.columns.end();
  });
}

/// A constraint's own index is dropped with the constraint only; a primary key is not for dropping.
bool must_stay(const Index& index) {
  return index.is_primary || index.is_exclusion || !index.foreign_key.empty() || index.is_replica_identity ||
         index.is_clustered || index.in_extension;
}

/// What rules most pairs out, and costs nothing to ask.
bool comparable(const Index& kept, const Index& dropped) {
  return kept.oid != dropped.oid && kept.table == dropped.table && kept.is_valid && kept.is_live &&
         kept.method == dropped.method && !must_stay(dropped);
}

/// Two comparable indexes.
class Comparison {
 public:
  Comparison(const SizedIndex& kept, const SizedIndex& dropped)
      : kept_(*kept.index),
        dropped_(*dropped.index),
        kept_keys_(keys_of(kept_)),
        dropped_keys_(keys_of(dropped_)) {
    if (!possible()) return;
    result_.replaces = Replaces::kFully;
    compare_uniqueness();
    compare_predicates();
    compare_included();
    compare_storage();
    if (!dropped_.constraint.empty()) {
      review(fmt::format("it goes only with its constraint, by ALTER TABLE ... DROP CONSTRAINT {}",
                         sql::quote_identifier(dropped_.constraint)));
    }
    compare_sizes(kept.pages, dropped.pages);
    result_.same_definition = same_definition();
  }

  [[nodiscard]] Replacement result() { return std::move(result_); }

 private:
  [[nodiscard]] bool possible() const {
    return has_keys(kept_, kept_keys_, dropped_keys_) && has_rows() && enforces();
  }

  /// A partial index does not know the other rows.
  [[nodiscard]] bool has_rows() const {
    return !kept_.is_partial || (!kept_.predicate.empty() && kept_.predicate == dropped_.predicate);
  }

  /// Whether every pair of rows that `dropped` refuses is refused by `kept` too, and as early.
  [[nodiscard]] bool enforces() const {
    if (!dropped_.is_unique) return true;
    return kept_.is_unique && kept_.key_count == dropped_.key_count &&
           kept_.predicate == dropped_.predicate && kept_.is_partial == dropped_.is_partial &&
           kept_.is_immediate == dropped_.is_immediate &&
           (kept_.nulls_not_distinct || !dropped_.nulls_not_distinct);
  }

  void review(std::string reason) {
    if (result_.replaces == Replaces::kFully) result_ = {Replaces::kReview, false, {}};
    result_.reasons.push_back(std::move(reason));
  }
  void note(std::string reason) {
    if (result_.replaces == Replaces::kFully) result_.reasons.push_back(std::move(reason));
  }

  void compare_uniqueness() {
    if (dropped_.is_unique && kept_.nulls_not_distinct != dropped_.nulls_not_distinct)
      review("it lets any number of nulls in, the other index only one (NULLS NOT DISTINCT)");
  }

  void compare_predicates() {
    if (!kept_.is_partial && dropped_.is_partial)
      review("it holds only some of the table's rows, the other index all of them: its scans read less");
  }

  void compare_included() {
    if (!includes(kept_, dropped_))
      review("it includes columns that the other index lacks: index-only scans on them would be lost");
  }

  void compare_storage() {
    if (kept_.tablespace != dropped_.tablespace) {
      note(fmt::format("they are in different tablespaces: {} here, {} there",
                       dropped_.tablespace.empty() ? "the default" : dropped_.tablespace,
                       kept_.tablespace.empty() ? "the default" : kept_.tablespace));
    }
    if (kept_.storage == dropped_.storage) return;
    const auto text = fmt::format("their storage parameters differ: {} here, {} there",
                                  dropped_.storage.empty() ? "none" : dropped_.storage,
                                  kept_.storage.empty() ? "none" : kept_.storage);
    // pages_per_range decides what a BRIN index can tell apart.
    if (dropped_.method == "brin") {
      review(text);
    } else {
      note(text);
    }
  }

  void compare_sizes(std::int64_t kept, std::int64_t dropped) {
    if (static_cast<double>(kept) <= kMostGrowth * static_cast<double>(std::max<std::int64_t>(1, dropped)))
      return;
    review(fmt::format("the other index is {:.1f} times as large ({} pages against {})",
                       static_cast<double>(kept) / static_cast<double>(std::max<std::int64_t>(1, dropped)),
                       kept, dropped));
  }

  [[nodiscard]] bool same_definition() const {
    return kept_keys_.size() == dropped_keys_.size() &&
           std::ranges::equal(kept_keys_, dropped_keys_, same_values) &&
           direction(kept_keys_, dropped_keys_) == Direction::kSame &&
           included_columns(kept_) == included_columns(dropped_) && kept_.predicate == dropped_.predicate &&
           kept_.is_unique == dropped_.is_unique && kept_.nulls_not_distinct == dropped_.nulls_not_distinct &&
           kept_.is_exclusion == dropped_.is_exclusion;
  }

  const Index& kept_;
  const Index& dropped_;
  std::vector<Key> kept_keys_;
  std::vector<Key> dropped_keys_;
  Replacement result_;
};

}  // namespace

Replacement replacement(const SizedIndex& kept, const SizedIndex& dropped) {
  if (!comparable(*kept.index, *dropped.index)) return {};
  return Comparison(kept, dropped).result();
}

bool stays_before(const SizedIndex& a, const SizedIndex& b) {
  const auto rank = [](const SizedIndex& sized) {
    const Index& index = *sized.index;
    // false sorts before true.
    return std::tuple(!index.is_primary, index.constraint.empty(), index.foreign_key.empty(),
                      !index.is_replica_identity, !index.is_clustered, !index.is_unique,
                      -static_cast<std::int64_t>(index.columns.size()), sized.pages, index.oid);
  };
  return rank(a) < rank(b);
}

}  // namespace pgadvisor::index_health
