using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Billing.Api.Operations.Cli;

/// <summary>Arguments whose wrong values are answered with a sentence instead of the name of a type.</summary>
internal static class Values
{
    public static Argument<Guid> Id(string description) => new("id")
    {
        Description = description,
        CustomParser = result => ReadId(result) ?? default,
    };

    public static Argument<Guid?> OptionalId(string description) => new("id")
    {
        Description = description, Arity = ArgumentArity.ZeroOrOne, CustomParser = ReadId,
    };

    /// <summary>How many; a whole number from 1.</summary>
    public static Option<int> Limit(int fallback, string description) => new("--limit")
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => fallback,
        CustomParser = result =>
        {
            var given = result.Tokens[0].Value;

            if (int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0)
            {
                return limit;
            }

            result.AddError($"--limit '{given}' is no whole number from 1.");

            return fallback;
        },
    };

    /// <summary>Null, and an error of the argument, where it is no id.</summary>
    internal static Guid? ReadId(ArgumentResult result)
    {
        if (result.Tokens.Count == 0)
        {
            return null;
        }

        if (Guid.TryParse(result.Tokens[0].Value, out var id))
        {
            return id;
        }

        result.AddError($"'{result.Tokens[0].Value}' is no id like 01a2038d-d05c-7728-b687-cae45c5a0984.");

        return null;
    }
}
