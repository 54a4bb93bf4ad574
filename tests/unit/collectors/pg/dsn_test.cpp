#include "collectors/pg/dsn.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::pg {
namespace {

TEST(Dsn, ReadsBothFormsOfLibpq) {
  const auto keywords = Dsn::parse("host=db port=5433 dbname='my db' user=me password=secret").value();
  EXPECT_EQ(keywords.options().at("dbname"), "my db");
  EXPECT_EQ(keywords.options().at("password"), "secret");
  const auto uri = Dsn::parse("postgresql://me:s%40cret@db:5433/shop?sslmode=require").value();
  EXPECT_EQ(uri.options().at("password"), "s@cret");
  EXPECT_EQ(uri.options().at("sslmode"), "require");
  EXPECT_TRUE(Dsn::parse("").value().options().empty());
}

TEST(Dsn, TakesSeveralHostsAndSockets) {
  EXPECT_EQ(Dsn::parse("postgresql://a:1,b:2/x").value().options().at("host"), "a,b");
  EXPECT_EQ(Dsn::parse("host=/run/postgresql,@abstract").value().options().at("host"),
            "/run/postgresql,@abstract");
  EXPECT_EQ(Dsn::parse("postgresql://%2Frun%2Fpostgresql/x").value().options().at("host"), "/run/postgresql");
}

TEST(Dsn, NeverShowsASecret) {
  const auto dsn = Dsn::parse("host=db user=me password=secret sslpassword=secret dbname='a b'").value();
  EXPECT_EQ(dsn.display(), "host=db dbname='a b' user=me");
}

TEST(Dsn, ShowsHostileNamesOnOneLine) {
  EXPECT_EQ(Dsn().with_database("a\n'b'").display(), "dbname='a \\'b\\''");
}

TEST(Dsn, RefusesMalformedTextWithoutRepeatingIt) {
  for (const char* text :
       {"password=secret host", "password='secret", "postgresql://me:secret@db:x/y",
        "postgresql://me:secret@@db/y", "postgresql://me:1/secret@db/y", "postgresql://me:se/cret@db/y",
        "hots=db password=secret", "postgresql://me:%zzsecret@db/", "dbname='postgresql://me:secret@db/x'",
        "dbname='password=secret'", "host=db port=secret", "secret"}) {
    const auto dsn = Dsn::parse(text);
    ASSERT_FALSE(dsn) << text;
    EXPECT_EQ(dsn.error().next, model::NextStep::kGiveUp);
    EXPECT_EQ(to_string(dsn.error()).find("secret"), std::string::npos) << to_string(dsn.error());
    EXPECT_FALSE(dsn.error().hint.empty());
  }
}

TEST(Dsn, ChangesOnlyTheDatabase) {
  const auto dsn = Dsn::parse("host=db dbname=a").value();
  EXPECT_EQ(dsn.with_database("b").options().at("dbname"), "b");
  EXPECT_EQ(dsn.with_database("b").options().at("host"), "db");
  EXPECT_EQ(dsn.options().at("dbname"), "a");
}

TEST(Dsn, TellsAChildProcessEverythingByEnvironment) {
  const auto environment =
      Dsn::parse("host=db password=secret sslmode=require keepalives=1").value().environment();
  EXPECT_EQ(environment, (std::map<std::string, std::string>{
                             {"PGHOST", "db"}, {"PGPASSWORD", "secret"}, {"PGSSLMODE", "require"}}));
}

}  // namespace
}  // namespace pgadvisor::pg
