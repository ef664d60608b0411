using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;
using Billing.Audit.Transparency;
using Billing.Testing;

namespace Billing.Api.Tests.Auditing;

/// <summary>Leaves and tree, compared with vectors and with a second implementation.</summary>
[Keeps(Promise.HistoryIsProvenAndPeopleAreForgotten)]
public class the_transparency_log
{
    // Of the reference implementation of RFC 6962.
    private static readonly string[] Entries =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] Roots =
    [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    private static readonly string[] FieldNames =
    [
        "tenant", "stream", "version", "id", "type", "recorded", "correlation", "causation", "user", "headers", "data",
    ];

    public static TheoryData<int> Leaves => [.. Enumerable.Range(0, Vectors().Count)];

    [Theory]
    [MemberData(nameof(Leaves))]
    public async Task a_leaf_is_the_one_of_the_vectors_in_sql_and_in_code(int index)
    {
        var leaf = Vectors()[index]!;
        await using var database = await TestDatabase.CreateAsync();

        var inSql = (byte[])(await database.DataSource.ScalarAsync(
            $"""
            select {LogLeaf.Sql} from (select $1::text as tenant_id, $2::uuid as stream_id, $3::bigint as version,
                $4::uuid as id, $5::text as type,
                timestamptz 'epoch' + $6::bigint * interval '1 microsecond' as timestamp,
                $7::text as correlation_id, $8::text as causation_id, $9::text as user_name,
                $10::jsonb as headers, $11::jsonb as data) e
            """,
            [.. Fields(leaf).Select(text => (object?)text ?? DBNull.Value)]))!;

        Assert.Equal((string)leaf["leafHash"]!, Convert.ToHexStringLower(inSql));
        Assert.Equal(
            (string)leaf["leafHash"]!, Convert.ToHexStringLower(Hash([0, 1, .. Fields(leaf).SelectMany(Field)])));
    }

    [Fact]
    public void roots_are_those_of_the_reference_implementation()
    {
        var tree = new MerkleTree();
        Assert.Equal(SHA256.HashData([]), tree.Root);

        foreach (var (entry, root) in Entries.Zip(Roots))
        {
            tree.Append(Leaf(Convert.FromHexString(entry)));
            Assert.Equal(root, Convert.ToHexStringLower(tree.Root));
        }
    }

    [Fact]
    public void a_tree_continued_from_a_frontier_has_the_root_of_all_its_leaves()
    {
        var leaves = Enumerable.Range(0, 70).Select(i => Leaf([(byte)i])).ToArray();

        for (var (size, tree) = (0, new MerkleTree()); size <= leaves.Length; size++)
        {
            Assert.Equal(RootOf(leaves[..size]), tree.Root);
            var continued = new MerkleTree(tree.Size, tree.Frontier);
            Array.ForEach(leaves[size..], continued.Append);
            Assert.Equal(RootOf(leaves), continued.Root);

            if (size < leaves.Length)
            {
                tree.Append(leaves[size]);
            }
        }

        Assert.Throws<ArgumentException>(() => new MerkleTree(3, new byte[32]));
    }

    private static JsonArray Vectors() =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(LocalMachine.Root, "docs",
        "vectors",
        "log-leaf.json")))!["leaves"]!.AsArray();

    private static IEnumerable<string?> Fields(JsonNode leaf) =>
        FieldNames.Select(name => (string?)leaf[name]);

    private static byte[] Field(string? text)
    {
        var bytes = Encoding.UTF8.GetBytes(text ?? "");
        var field = new byte[4 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(field, text is null ? -1 : bytes.Length);
        bytes.CopyTo(field, 4);

        return field;
    }

    // As RFC 6962, section 2.1, defines it.
    private static byte[] RootOf(byte[][] leaves)
    {
        if (leaves.Length < 2)
        {
            return leaves.Length == 0 ? SHA256.HashData([]) : leaves[0];
        }

        var half = 1 << (int)Math.Log2(leaves.Length - 1);

        return Hash([1, .. RootOf(leaves[..half]), .. RootOf(leaves[half..])]);
    }

    private static byte[] Leaf(byte[] entry) => Hash([0, .. entry]);

    private static byte[] Hash(byte[] bytes) => SHA256.HashData(bytes);
}
