"""The vocabulary of the system: types, circular candle columns, candle building."""
