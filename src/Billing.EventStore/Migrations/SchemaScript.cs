using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Billing.EventStore;

/// <summary>One numbered script of one component; once applied anywhere, its text never changes.</summary>
/// <param name="Component">Who owns the tables, for example event_store.</param>
/// <param name="Number">Counts from 1 within the component.</param>
/// <param name="Name">What the file is called after its number.</param>
/// <param name="Sql">Statements, names unqualified.</param>
public sealed partial record SchemaScript(string Component, int Number, string Name, string Sql)
{
    internal byte[] Sha256 => SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n")));

    /// <summary>The embedded Schema/NNN_name.sql of a project, in order.</summary>
    public static IReadOnlyList<SchemaScript> EmbeddedIn(Assembly assembly, string component) =>
    [
        .. assembly.GetManifestResourceNames()
            .Select(resource => (resource, match: FileName().Match(resource)))
            .Where(found => found.match.Success)
            .Select(found => new SchemaScript(
                component,
                int.Parse(found.match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture),
                found.match.Groups[2].Value,
                Text(assembly, found.resource)))
            .OrderBy(script => script.Number),
    ];

    public override string ToString() => $"{Component}/{Number:000}_{Name}";

    private static string Text(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\.Schema\.([0-9]+)_(.+)\.sql$")]
    private static partial Regex FileName();
}
