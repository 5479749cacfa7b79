// SPDX-License-Identifier: Apache-2.0
// Tables of operators: what their rows come to, and what is said of broken ones.
#include "workloads/operators/operator_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace decodesim {
namespace {
using namespace literals;
using ::testing::ElementsAre;

OperatorTable table_of(const std::string& text) {
  std::istringstream in(text);
  OperatorTable out;
  Diagnostics diagnostics;
  read_operator_table(in, "t.csv", out, diagnostics);
  diagnostics.throw_if_any();
  return out;
}

std::string mistakes(const std::string& text) {
  try {
    table_of(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(OperatorTableTest, ARowOfEachKind) {
  const OperatorTable table = table_of(
      "op,software,dtype,kv_dtype,m,n,k,batch,q_heads,kv_heads,head_dim,kv_len,tokens,hidden,intermediate,top_k,"
      "experts,tp,ep,distribution,ranks,bytes,buffers,residency,measured_us\n"
      "gemm,vllm,fp8_block,,4,8,16,,,,,,,,,,,,,,,,3,cache,2.5\n"
      "attention,,,fp8,,,,2,8,4,64,100,,,,,,,,,,,,memory,\n"
      "mla,,,bf16,,,,2,8,,,100,,,,,,,,,,,,,7\n"
      "moe,,int4_wo,,,,,,,,,,5,64,32,2,8,2,4,power_law_1.01,,,,,\n"
      "all_reduce,,bf16,,,,,,,,,,,,,,,,,,8,256,,,\n");
  ASSERT_EQ(table.rows.size(), 5U);
  const OperatorRow& gemm = table.rows[0];
  EXPECT_EQ(gemm.weights.name, "fp8_block");
  EXPECT_THAT((std::vector{gemm.m, gemm.n, gemm.k, gemm.buffers}), ElementsAre(4, 8, 16, 3));
  EXPECT_EQ(gemm.software, "vllm");
  EXPECT_EQ(gemm.measured_us, 2.5);
  const OperatorRow& attention = table.rows[1];
  EXPECT_THAT((std::vector{attention.batch, attention.q_heads, attention.kv_heads, attention.head_dim, attention.kv_len,
                           attention.buffers}),
              ElementsAre(2, 8, 4, 64, 100, 1));
  EXPECT_EQ(attention.kv_type, DataType::kFp8);
  EXPECT_EQ(attention.residency, "memory");
  EXPECT_FALSE(attention.measured_us);
  EXPECT_EQ(table.rows[2].kind, RowKind::kMla);
  EXPECT_EQ(table.rows[3].experts, (ExpertShape{5, 2, 8, 4, 1'010'000}));
  EXPECT_EQ(table.rows[4].ranks, 8);
  EXPECT_EQ(table.rows[4].bytes, 256_B);
}

TEST(OperatorTableTest, OtherColumnsStayAndOnlyThoseThatAnOpNeedsHaveToBeThere) {
  const OperatorTable table = table_of("\xef\xbb\xbfnote, op ,dtype,m,n,k\r\nfirst,gemm,bf16,1, 2 ,3\r\n\r\n  \r\n");
  EXPECT_THAT(table.columns, ElementsAre("note", "op", "dtype", "m", "n", "k"));
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_THAT(table.rows[0].cells, ElementsAre("first", "gemm", "bf16", "1", "2", "3"));
}

TEST(OperatorTableTest, TablesWithOtherColumnsAreJoined) {
  OperatorTable table = table_of("op,dtype,m,n,k\ngemm,bf16,1,2,3\n");
  std::istringstream in("op,kv_dtype,batch,q_heads,kv_len\nmla,bf16,4,5,6\n");
  Diagnostics diagnostics;
  read_operator_table(in, "u.csv", table, diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_THAT(table.columns, ElementsAre("op", "dtype", "m", "n", "k", "kv_dtype", "batch", "q_heads", "kv_len"));
  EXPECT_THAT(table.rows[0].cells, ElementsAre("gemm", "bf16", "1", "2", "3", "", "", "", ""));
  EXPECT_THAT(table.rows[1].cells, ElementsAre("mla", "", "", "", "", "bf16", "4", "5", "6"));
}

TEST(OperatorTableTest, MistakesHaveLineAndColumn) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "t.csv: the table is empty; expected a line of column names, then a row an operator"},
      {"op,dtype,m,n,k\n", "t.csv: the table has no rows; expected one an operator"},
      {"m,n\n1,2\n", "t.csv:1:1: the header lacks the column 'op'; expected a line of column names, among them op"},
      {"op,m,m\n", "t.csv:1:6: a second column 'm'; expected each column once"},
      {"op,,m\n", "t.csv:1:4: a column without a name; expected one, like op"},
      {"op,\"m\"\n", "t.csv:1:4: a quoted cell; expected plain ones, without quotes and with no comma inside"},
      {"op,dtype,m,n,k\ngem,bf16,1,2,3\n", "t.csv:2:1: op: 'gem' is no operator; did you mean 'gemm'?"},
      {"op,dtype,m,n\ngemm,bf16,1,2\ngemm,bf16,1,2\n",
       "t.csv:1:1: the header lacks the column 'k'; expected it, as there are rows of gemm"},
      {"op,dtype,m,n,k\ngemm,bf16,1,2\n", "t.csv:2:13: 4 cells; expected 5, as the header has"},
      {"op,dtype,m,n,k\ngemm,bf16,1,2,3,4\n", "t.csv:2:15: 6 cells; expected 5, as the header has"},
      {"op,dtype,m,n,k\ngemm,bf17,1,2,3\n", "t.csv:2:6: dtype: 'bf17' is no format of weights; did you mean 'bf16'?"},
      {"op,dtype,m,n,k\ngemm,bf16,0,2,3\n", "t.csv:2:11: m: '0' is out of range; expected 1 to 100000000"},
      {"op,dtype,m,n,k\ngemm,bf16,1,-2,3\n", "t.csv:2:13: n: '-2' is out of range; expected 1 to 100000000"},
      {"op,dtype,m,n,k\ngemm,bf16,1,2,x\n", "t.csv:2:15: k: 'x' is no whole number; expected 1 to 100000000"},
      {"op,dtype,m,n,k\ngemm,bf16,1,2,\n", "t.csv:2:15: k: '' is no whole number; expected 1 to 100000000"},
      {"op,dtype,m,n,k\ngemm,bf16,1,2,99999999999999999999\n",
       "t.csv:2:15: k: '99999999999999999999' is out of range; expected 1 to 100000000"},
      {"op,dtype,m,n,k,measured_us\ngemm,bf16,1,2,3,0\n",
       "t.csv:2:17: measured_us: '0' is out of range; expected a time in microseconds above zero"},
      {"op,dtype,m,n,k,measured_us\ngemm,bf16,1,2,3,2us\n",
       "t.csv:2:17: measured_us: '2us' is not a number; expected a time in microseconds above zero"},
      {"op,kv_dtype,batch,q_heads,kv_heads,head_dim,kv_len\nattention,bf16,1,2,4,64,8\n",
       "t.csv:2:18: q_heads: 2 query heads for 4 kv heads; expected at least as many"},
      {"op,dtype,tokens,hidden,intermediate,top_k,experts,tp,ep,distribution\nmoe,bf16,1,2,3,4,2,1,1,balanced\n",
       "t.csv:2:16: top_k: 4 with 2 experts; expected at most as many"},
      {"op,dtype,tokens,hidden,intermediate,top_k,experts,tp,ep,distribution\nmoe,bf16,1,2,3,1,2,1,1,power_law_9\n",
       "t.csv:2:24: distribution: 'power_law_9' is no distribution; expected balanced, or power_law_ and an exponent "
       "from 0.01 to 3"},
      {"op,dtype,m,n,k\n\ngemm,bf16,1,2,3\n", "t.csv:2:1: an empty line; expected rows without gaps"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(mistakes(text), expected) << text;
}

TEST(OperatorTableTest, SeveralMistakesAreNamedTogetherUpToABound) {
  EXPECT_EQ(mistakes("op,dtype,m,n,k\ngemm,bf16,a,b,1\ngem,bf16,1,1,1\n"),
            "t.csv:2:11: m: 'a' is no whole number; expected 1 to 100000000\n"
            "t.csv:2:13: n: 'b' is no whole number; expected 1 to 100000000\n"
            "t.csv:3:1: op: 'gem' is no operator; did you mean 'gemm'?");
  std::string many = "op,dtype,m,n,k\n";
  for (int i = 0; i < 1000; ++i) many += "gemm,bf16,a,1,1\n";
  const std::string all = mistakes(many);
  EXPECT_LT(std::count(all.begin(), all.end(), '\n'), 25);
}

TEST(OperatorTableTest, AMissingFileIsNamed) {
  OperatorTable out;
  Diagnostics diagnostics;
  EXPECT_THROW(read_operator_file("/nowhere/x.csv", out, diagnostics), ConfigError);
}

}  // namespace
}  // namespace decodesim
