// A purchase, as CleverTap's Charged event. The SDK throws the whole purchase away (error 511) where anything
// but Items is nested, where Items is no array, or where an item is not flat.
const toCharged = properties => {
  const purchase = {};
  const take = (field, names, convert) => names.some(name => {
    const value = convert(properties[name]);
    if (value !== undefined) {
      purchase[field] = value;
      return delete properties[name];
    }
  });
  take("Charged ID", ["order_id", "checkout_id", "Charged ID"], value => words(value) ? scalar(value) : undefined);
  take("Amount", ["total", "revenue", "value", "Amount"], toNumber);
  take("Items", ["products", "Items"], list => {
    report(is(list, / Array/) && list.some((item, index) => !is(item, / Object/) || index >= $fill(item_count)) ? "item-unusable" : "", "Items", list);
    return is(list, / Array/) ? list.filter(item => is(item, / Object/)).slice(0, $fill(item_count)).map(item => flat(item)) : undefined;
  });
  const rest = flat(properties, Object.keys(purchase).length);
  // Under whatever name the page had them: nothing else may be called so.
  report("Items" in rest && !purchase.Items ? "value-unusable" : "", "Items", rest.Items);
  report("Charged ID" in rest && purchase["Charged ID"] === undefined ? "value-unusable" : "", "Charged ID", rest["Charged ID"]);
  report("Amount" in rest && purchase.Amount === undefined ? "value-unusable" : "", "Amount", rest.Amount);
  delete rest.Items;
  delete rest.Amount;
  delete rest["Charged ID"];
  return Object.assign(rest, purchase);
};
