using Npgsql;

namespace Billing.Api.Hosting;

internal static class CommandParameters
{
    /// <summary>Adds the parameters $1, $2 …</summary>
    public static NpgsqlCommand With(this NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
