using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Billing.EventStore.Tests.Specs;
using FsCheck;
using FsCheck.Fluent;
using static Billing.EventStore.Tests.Specs.StoreFixture;

namespace Billing.EventStore.Tests;

public class when_writing_jsonb_text
{
    [Fact]
    public async Task our_text_of_any_json_is_postgresqls()
    {
        await using var it = await CreateAsync();

        Prop.ForAll(AnyJson.Objects(3).ListOf(20).ToArbitrary(), texts =>
        {
            var expected = it.TextsAsync("select j::jsonb::text from unnest($1::text[]) with ordinality as t (j, n) order by n", texts.ToArray()).GetAwaiter().GetResult();
            var ours = texts.Select(Ours).ToList();
            Assert.Equal<string?>(expected, ours);
            Assert.Equal(ours, ours.Select(Ours));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
    }

    [Fact]
    public async Task whatever_is_appended_is_hashed_as_it_is_stored()
    {
        await using var it = await CreateAsync();

        Prop.ForAll(Gen.Zip(AnyJson.Objects(2), AnyJson.Texts.ListOf(3)).ListOf(10).ToArbitrary(), samples =>
            it.AppendAsync(NewKey(), [.. samples.Select(s => Any(s.Item1, s.Item2))]).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(30));

        var report = await new Auditor(it.Store).VerifyAsync(null, default);
        Assert.Equal((300, 0), (report.Events, report.Differences.Count));
    }

    [Theory]
    [InlineData(@"a\0b")]
    [InlineData(@"lone \ud83d high")]
    [InlineData(@"lone \ude00 low")]
    [InlineData(@"ends \ud83d")]
    [InlineData(@"\ude00\ud83d")]
    public async Task text_that_cannot_be_stored_is_refused_with_its_property(string escaped)
    {
        // Escaped until here: an attribute cannot hold half of a surrogate pair either.
        var text = Regex.Unescape(escaped);
        await using var it = await CreateAsync();
        await using var session = await it.Store.OpenSessionAsync(default);
        var stream = await session.FetchForWritingAsync(NewKey(), default);

        AssertRefused("Reference", new AccountOpened(text, null, null, 1));
        AssertRefused("Email", new AccountOpened("A", null, text, 1));
        AssertRefused("Holder.Name", new AccountOpened("A", new Person(text, null), null, 1));
        AssertRefused("Texts", Any("{}", [text]));
        Assert.Contains("UserName", Assert.Throws<ArgumentException>(() => session.Append(stream, [Opened("A")], new Metadata(UserName: text))).Message, StringComparison.Ordinal);
        Assert.Equal((0, null), (stream.Version, stream.State));

        void AssertRefused(string property, object @event) =>
            Assert.Contains(property, Assert.Throws<ArgumentException>(() => session.Append(stream, [Opened("B"), @event], new Metadata())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"Deep": ["\u0000"]}""")]
    [InlineData("""{"Deep": {"half \ud83d": 1}}""")]
    [InlineData("""{"Deep": "\ude00"}""")]
    [InlineData("""{"Deep": 1e100000}""")]
    public void raw_json_that_cannot_be_stored_is_refused_with_its_property(string json) =>
        Assert.Contains("Deep", Assert.Throws<ArgumentException>(() => Ours(json)).Message, StringComparison.Ordinal);

    private static string Ours(string json) => Encoding.UTF8.GetString(JsonbText.Of(Encoding.UTF8.GetBytes(json)));

    private static Anything Any(string json, IEnumerable<string> texts) =>
        new(JsonDocument.Parse(json).RootElement.Clone(), texts.Distinct().ToDictionary(text => text, text => text), 0.1, 1.50m);
}
